"""The build asks for known holes in packages: a finding fails it, a service out of reach is said and does not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[2] / ".ci" / "audit"
HOLE = {"id": "GHSA-1", "aliases": ["CVE-1"], "fix_versions": ["2.0"]}


def run(tmp_path: Path, pip_audit: str) -> tuple[int, str]:
    """The audit with something else in pip-audit's place."""
    (tmp_path / "pip_audit.py").write_text(pip_audit, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, AUDIT], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def finds(*vulns: object, **package: object) -> str:
    found = {"dependencies": [{"name": "bread", "version": "1.0", "vulns": vulns} | package]}
    return f"import sys; print({json.dumps(found)!r}); sys.exit({int(bool(vulns))})"


def test_a_finding_fails(tmp_path: Path) -> None:
    status, said = run(tmp_path, finds(HOLE))
    assert status == 1
    assert "bread 1.0: GHSA-1, mended in 2.0" in said


def test_nothing_found_is_fine(tmp_path: Path) -> None:
    assert run(tmp_path, finds()) == (0, "pip-audit: 1 of 1 packages looked up, 0 known holes\n")


@pytest.mark.parametrize(
    "pip_audit",
    [
        "import sys; sys.exit('ConnectionError: no such host')",
        """print('{"dependencies": [{"name": "bread", "skip_reason": "not found on PyPI"}]}')""",
        "print('{}')",
    ],
)
def test_a_service_out_of_reach_is_said(tmp_path: Path, pip_audit: str) -> None:
    status, said = run(tmp_path, pip_audit)
    assert status == 0
    assert "NOT AUDITED" in said
