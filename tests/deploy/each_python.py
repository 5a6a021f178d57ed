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


def main() -> int:
    """Try all; 1 if one failed."""
    (wheel,) = map(Path, sys.argv[1:])
    bad = False
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    for version, interpreter in pythons():
        begun = time.monotonic()
        programs = install(version, interpreter, wheel.absolute())
        with tempfile.TemporaryDirectory() as folder:
            try:
                commands = try_out(EmptyFolder(programs, Path(folder)))
            except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
                bad = True
                print(f"Python {version}: the installed wheel: {error}")
                continue
        print(f"Python {version}: the installed wheel runs {', '.join(commands)} ({time.monotonic() - begun:.0f} s)")
        if version != here:
            add(programs, f"{wheel.absolute()}[test]")
            command = [programs / "python", "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *QUICK, *BUT]
            print(f"Python {version}: {' '.join(QUICK)}", flush=True)
            bad = subprocess.run(command, cwd=ROOT).returncode != 0 or bad
            print(f"Python {version}: {time.monotonic() - begun:.0f} s in all")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
