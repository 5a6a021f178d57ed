"""Ends with 1 and names them, if packages are installed here that a file of constraints does not pin at that version.

usage: python deploy/pinned.py CONSTRAINTS      run with the Python whose packages are meant; needs nothing but itself
"""

import re
import sys
from importlib.metadata import distributions
from pathlib import Path

OURS = "roundtable-bot"


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def unpinned(constraints: str) -> list[str]:
    """What is installed and stands at that version in no line of the constraints, as name==version."""
    pins = {line.partition(";")[0].strip() for line in constraints.splitlines()}
    installed = {f"{normal(package.metadata['Name'])}=={package.version}" for package in distributions()}
    return sorted(pin for pin in installed - pins if not pin.startswith(f"{OURS}=="))


def main() -> str | None:
    """What is wrong as a sentence; None if nothing is."""
    _, file = sys.argv
    found = unpinned(Path(file).read_text(encoding="utf-8"))
    return f"installed, but not pinned in {file} (make constraints): {', '.join(found)}" if found else None


if __name__ == "__main__":
    sys.exit(main())
