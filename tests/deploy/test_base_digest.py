"""deploy/base-digest.sh, run for real beside a `docker` that says what a registry would."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="deploy/base-digest.sh is a bash script")

DEPLOY = Path(__file__).parents[2] / "deploy"
OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "a1" * 32


@pytest.mark.parametrize(
    ("docker", "code", "said", "pinned"),
    [
        (f"echo {NEW}", 0, f"python:3.13-slim is now {NEW}", NEW),
        (f"echo {OLD}", 0, f"python:3.13-slim is still {OLD}", OLD),
        ("exit 1", 1, "could not ask the registry for python:3.13-slim", OLD),
        ("echo manifest unknown", 1, "is no digest: 'manifest unknown'", OLD),
    ],
)
def test_the_dockerfile_gets_the_digest_or_stays_as_it_is(
    tmp_path: Path, docker: str, code: int, said: str, pinned: str
) -> None:
    shutil.copy(DEPLOY / "base-digest.sh", tmp_path)
    rest = "\nFROM ${BASE}\nRUN true\n"
    (tmp_path / "Dockerfile").write_text(f"ARG BASE=python:3.13-slim@{OLD}{rest}")
    fake = tmp_path / "docker"
    fake.write_text(
        f'#!/bin/sh\n[ "$1 $2 $3 $4" = "buildx imagetools inspect python:3.13-slim" ] || exit 9\n{docker}\n'
    )
    fake.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run([tmp_path / "base-digest.sh"], env={"PATH": path}, capture_output=True, text=True, timeout=20)
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done
    assert (tmp_path / "Dockerfile").read_text() == f"ARG BASE=python:3.13-slim@{pinned}{rest}"
