"""deploy/constraints.txt: one version of everything, for every extra and Python, and no address."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "deploy" / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = [Requirement(line) for line in LINES]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = PROJECT["name"]


def pinned(python: str) -> dict[str, str]:
    """The versions that hold for a Python on Linux, by the package's name."""
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    return {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version
        for pin in PINS
        if not pin.marker or pin.marker.evaluate(here)
    }


def test_each_line_is_a_name_and_a_version() -> None:
    assert LINES
    for line in LINES:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[\w.]+(?: ; [^@#]+)?", line), line
        assert "://" not in line


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_all_that_is_asked_for_is_pinned_within_its_range(python: str) -> None:
    versions = pinned(python)
    extras = PROJECT["optional-dependencies"].values()
    wanted = [Requirement(text) for text in [*PROJECT["dependencies"], *(one for extra in extras for one in extra)]]
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    wanted = [one for one in wanted if one.name != OURS and (not one.marker or one.marker.evaluate(here))]
    assert len(wanted) > 30
    for requirement in wanted:
        version = versions.get(canonicalize_name(requirement.name))
        assert version, f"{requirement} has no pin: make constraints"
        assert requirement.specifier.contains(version), f"{requirement} is pinned at {version}: make constraints"


def test_the_image_s_build_ends_at_a_package_that_is_not_pinned(tmp_path: Path) -> None:
    """Run as the Dockerfile runs it, on an environment of two packages."""
    for name, version in (("Some.Thing", "1.2"), (OURS, "0.1.0")):
        folder = tmp_path / "packages" / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
    constraints = tmp_path / "constraints.txt"
    script = (ROOT / "deploy" / "pinned.py").read_text(encoding="utf-8")
    # Without the packages of this environment, but with those of the folder.
    ours = f"[p for p in sys.path if 'site-packages' not in p] + [{str(tmp_path / 'packages')!r}]"
    (tmp_path / "run.py").write_text(f"import sys; sys.path[:] = {ours}\n{script}")

    def said(pins: str) -> tuple[int, str]:
        constraints.write_text(pins)
        done = subprocess.run(
            [sys.executable, "-I", tmp_path / "run.py", constraints], capture_output=True, text=True, timeout=20
        )
        return done.returncode, done.stderr

    assert said("other==1\nsome-thing==1.2 ; python_version > '3'\n") == (0, "")
    code, sentence = said("some-thing==1.1\n")
    assert (code, sentence.partition(": ")[2]) == (1, "some-thing==1.2\n")
