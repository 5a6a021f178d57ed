"""`make pythons`: the wheel, as whoever installs it has it, on each supported Python that is on this machine.

usage: python -m tests.deploy.each_python WHEEL

It is installed from the constraints into an environment of its own and tried in an empty folder: every command's help,
`init`, `check`, a whole `discuss`, and the `demo`'s page. On each Python but this one follow the tests of that in which
Pythons differ; this one has all of them anyway. The exit code is 1 if something went wrong, and said.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.request import urlopen

ROOT: Final = Path(__file__).parents[2]
CONSTRAINTS: Final = ROOT / "deploy" / "constraints.txt"
ENVIRONMENTS: Final = ROOT / "build" / "pythons"
SUPPORTED: Final = ("3.11", "3.12", "3.13")
# Connections and time (asyncio), SQLite, and what Unicode each knows.
QUICK: Final = (
    *("tests/llm", "tests/store", "tests/library"),
    *(f"tests/discussion/test_{what}.py" for what in ("folding", "invisible", "name_forms", "names", "segmentation")),
)
# Every vendor at a table of its own says the same of each Python; PostgreSQL's own way is tried with all tests.
BUT: Final = ("--ignore", "tests/llm/test_vendors.py", "-k", "not postgresql", "-m", "not long")
PATIENCE: Final = 120


def pythons() -> Iterator[tuple[str, str]]:
    """Each supported version that is here, with its interpreter: on PATH, or one of pyenv's."""
    for version in SUPPORTED:
        name = f"python{version}"
        of_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*/bin/{name}")
        for candidate in (shutil.which(name), *map(str, sorted(of_pyenv))):
            # What stands on PATH may be a link to a Python that is not chosen.
            if candidate and subprocess.run([candidate, "-c", ""], capture_output=True).returncode == 0:
                yield version, candidate
                break
        else:
            print(f"Python {version} is not here")


def install(version: str, interpreter: str, wheel: Path) -> Path:
    """The folder of programs of a fresh environment with the wheel, as the README has it installed."""
    environment = ENVIRONMENTS / version
    uv = Path(sys.executable).with_name("uv")
    # With pip, as `python -m venv` makes it.
    subprocess.run([uv, "venv", "--quiet", "--clear", "--seed", "--python", interpreter, environment], check=True)
    programs = environment / "bin"
    add(programs, f"{wheel}[demo]")
    return programs


def add(programs: Path, wanted: str) -> None:
    """Install something into an environment that is there."""
    command = ["pip", "install", "--quiet", "--python", programs / "python", "--constraint", CONSTRAINTS, wanted]
    subprocess.run([Path(sys.executable).with_name("uv"), *command], check=True)


class EmptyFolder:
    """Where somebody has nothing but the installed program."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.command = programs / "roundtable"
        self.folder = folder
        # Nothing of the checkout, and no setting of this machine.
        self.environment = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8"}

    def run(self, *words: str) -> str:
        """What a command prints. It may find something to mend (1), but not break."""
        done = subprocess.run(
            [self.command, *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        said = done.stdout + done.stderr
        assert done.returncode in (0, 1), f"roundtable {' '.join(words)} ended with {done.returncode}:\n{said}"
        assert "Traceback" not in said, said
        return said

    def demo(self) -> None:
        """The demo answers at the address that it prints, and ends when it is told to."""
        command = [self.command, "demo", "--no-browser"]
        demo = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True)
        try:
            assert demo.stdout
            address = next(
                (found[0] for line in demo.stdout if (found := re.search(r"http://127\.0\.0\.1:\S+", line))), ""
            )
            assert address, "the demo ended without an address"
            with urlopen(address, timeout=PATIENCE) as page:
                assert b"<html" in page.read().lower()
            demo.send_signal(signal.SIGTERM)
            assert demo.wait(PATIENCE) in (0, 143)
        finally:
            demo.kill()
            demo.wait()


def try_out(host: EmptyFolder) -> list[str]:
    """The commands that the program lists, each of which tells what it is for; the chief ones are used."""
    commands = re.findall(r"^    ([a-z]+)(?: |$)", host.run("--help"), re.MULTILINE)
    assert {"run", "demo", "discuss", "check"} <= set(commands), commands
    for command in commands:
        assert f"usage: roundtable {command}" in host.run(command, "--help")
    if "init" in commands:
        host.run("init")
        assert (host.folder / ".env").is_file()
    assert "Ready for demo" in host.run("check")
    assert "The table is closed" in host.run("discuss", "--turns", "2", "--question", "Should cats have a curfew?")
    host.demo()
    return commands


def installed(version: str, interpreter: str, wheel: Path) -> Path | None:
    """Install the wheel on a Python and try it. Out: its folder of programs; None if something went wrong, and said."""
    begun = time.monotonic()
    programs = install(version, interpreter, wheel)
    with tempfile.TemporaryDirectory() as folder:
        try:
            commands = try_out(EmptyFolder(programs, Path(folder)))
        except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
            print(f"Python {version}: the installed wheel: {error}", flush=True)
            return None
    seconds = time.monotonic() - begun
    print(f"Python {version}: the installed wheel runs {', '.join(commands)} ({seconds:.0f} s)", flush=True)
    return programs


def passes(version: str, programs: Path, wheel: Path) -> bool:
    """Whether the quick layers of the tests pass there."""
    begun = time.monotonic()
    add(programs, f"{wheel}[test]")
    command = [programs / "python", "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *QUICK, *BUT]
    print(f"Python {version}: {' '.join(QUICK)}", flush=True)
    passed = subprocess.run(command, cwd=ROOT).returncode == 0
    print(f"Python {version}: the tests took {time.monotonic() - begun:.0f} s", flush=True)
    return passed


def main() -> int:
    """Try all; 1 if one failed."""
    wheel = Path(sys.argv[1]).absolute()
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = dict(pythons())
    # Each waits much, for processes one after the other: several at a time.
    with ThreadPoolExecutor() as pool:
        programs = dict(
            zip(found, pool.map(lambda version: installed(version, found[version], wheel), found), strict=True)
        )
    outcomes = [
        there is not None and (version == here or passes(version, there, wheel)) for version, there in programs.items()
    ]
    return int(not all(outcomes))


if __name__ == "__main__":
    sys.exit(main())
