"""The virtual environment of the peers: what they need must not mix with what the bot needs.

python -m bench.peers.venv   (makes it, if it is not there, and prints the path of its Python)
"""

import hashlib
import os
import shutil
import subprocess
import venv
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / ".venv-peers"
_REQUIREMENTS: Final = Path(__file__).parent / "requirements.txt"
_PYTHON: Final = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# Holds the digest of the requirements that were installed; written last.
_STAMP: Final = FOLDER / "installed"


def peers_python() -> Path | None:
    """The Python that has the peers, None if it was not made or has others than `requirements.txt` asks for."""
    return _PYTHON if _STAMP.is_file() and _STAMP.read_text() == _wanted() else None


def make() -> Path:
    """The same, made with pip on first use. Raises subprocess.CalledProcessError."""
    if (python := peers_python()) is None:
        shutil.rmtree(FOLDER, ignore_errors=True)
        venv.create(FOLDER, with_pip=True)
        pip = (str(_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        subprocess.run([*pip, "--requirement", str(_REQUIREMENTS)], check=True)
        _STAMP.write_text(_wanted())
        python = _PYTHON
    return python


def _wanted() -> str:
    return hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()


if __name__ == "__main__":
    print(make())
