"""What the Dockerfile and .dockerignore promise a host: no root, no secrets, all pinned, a true health check."""

import json
import os
import re
import sys
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pytest

import bot
from bot.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|API_KEY", re.IGNORECASE)


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, arguments), continued lines joined, comments left out."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", "", "\n".join(lines))
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]


def last_stage(name: str) -> list[str]:
    """The arguments of this instruction in the stage that becomes the image."""
    steps = instructions()
    start = max(number for number, (step, _) in enumerate(steps) if step == "FROM")
    return [arguments for step, arguments in steps[start:] if step == name]


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets this file through to the builder: the last matching line decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        rule = line.strip()
        if not rule or rule.startswith("#"):
            continue
        allowed, pattern = rule.startswith("!"), rule.removeprefix("!")
        parts = Path(path).parts
        names = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        if pattern.startswith("**/"):
            hit = any(fnmatch(part, pattern.removeprefix("**/")) for part in parts)
        else:
            hit = any(fnmatch(name, pattern) for name in names)
        sent = allowed if hit else sent
    return sent


def test_entrypoint_and_command_are_in_exec_form() -> None:
    assert [json.loads(arguments) for arguments in last_stage("ENTRYPOINT")] == [["roundtable"]]
    assert [json.loads(arguments) for arguments in last_stage("CMD")] == [["run"]]


def test_the_image_does_not_run_as_root() -> None:
    (user,) = last_stage("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user), "a number, so that a host's policy can check it"
    uid, gid = user.split(":")
    assert f"install -d -o {uid} -g {gid} -m 0750 /data" in DOCKERFILE, "the volume belongs to that user"


def test_it_builds_without_a_frontend_from_elsewhere_on_a_base_by_digest() -> None:
    assert "syntax=" not in DOCKERFILE
    step, base = instructions()[0]
    assert step == "ARG"
    assert re.fullmatch(r"BASE=python:3\.\d+-slim@sha256:[0-9a-f]{64}", base)
    bases = [arguments.split()[0] for step, arguments in instructions() if step == "FROM"]
    assert bases == ["${BASE}", "build", "${BASE}"]


def test_all_that_is_installed_is_pinned() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if re.search(r"pip.* install", line)]
    assert len(installs) == 4
    # Our own wheel, which is built here, brings nothing along.
    assert all("--constraint deploy/constraints.txt" in line or "--no-deps /wheel/*.whl" in line for line in installs)
    assert "    && /opt/venv/bin/python deploy/pinned.py deploy/constraints.txt\n" in DOCKERFILE


def test_the_image_says_what_it_is() -> None:
    (labels,) = last_stage("LABEL")
    for label, value in (("version", "${VERSION}"), ("revision", "${REVISION}"), ("licenses", "MIT")):
        assert f'org.opencontainers.image.{label}="{value}"' in labels
    assert f"VERSION={bot.__version__}" in last_stage("ARG")
    assert "--from=sbom /sbom.cdx.json /usr/share/doc/roundtable/" in last_stage("COPY")


def test_no_secret_is_in_the_image() -> None:
    values = [arguments for step, arguments in instructions() if step in ("ENV", "ARG", "LABEL")]
    assert not [value for value in values if SECRET.search(value)]


def test_paths_and_signals() -> None:
    (environment,) = last_stage("ENV")
    for setting in (
        "PERSONAS_DIR=/app/personas",
        "TASKS_DIR=/app/tasks",
        "PYTHONUNBUFFERED=1",
    ):
        assert setting in environment.split()
    assert last_stage("VOLUME") == ["/data"]
    assert last_stage("STOPSIGNAL") == ["SIGTERM"]


def test_the_default_database_is_in_the_volume_and_can_be_named_in_a_file(
    no_settings: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """DATABASE_URL in the image would make DATABASE_URL_FILE a second one, and be refused."""
    (folder,), (volume,), (environment,) = last_stage("WORKDIR"), last_stage("VOLUME"), last_stage("ENV")
    for setting in environment.split():
        monkeypatch.setenv(*setting.split("=", 1))
    file = read_settings().database_file
    assert file
    assert PurePosixPath(folder, file.as_posix()) == PurePosixPath(volume, "roundtable.db")
    secret = tmp_path / "database-url"
    secret.write_text("postgresql://user:password@host/tables")
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    assert read_settings().database_kind == "postgresql"


def test_the_health_check_asks_the_ops_server_where_it_listens() -> None:
    """What it finds is held in tests/ops/test_health.py."""
    (health,) = last_stage("HEALTHCHECK")
    (environment,) = last_stage("ENV")
    assert json.loads(health[health.index("[") :]) == ["python", "-m", "bot.ops.health"]
    assert "--start-interval=" in health
    assert f"OPS_BIND={Settings.model_fields['ops_bind'].default}" in environment.split()


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.local",
        "bot/.env",
        ".git/config",
        "data/roundtable.db",
        "bot/roundtable.db-wal",
        ".venv/bin/python",
        "bot/__pycache__/cli.cpython-312.pyc",
        "tests/deploy/test_dockerfile.py",
        "deploy/compose.yaml",
        "bot/.env.example",
    ],
)
def test_kept_out_of_the_build(path: str) -> None:
    assert not is_sent(path)


@pytest.mark.parametrize(
    "path",
    [
        *("pyproject.toml", "README.md", "LICENSE", ".env.example", "bot/cli.py", "personas/a.json", "tasks/t/q"),
        *("deploy/constraints.txt", "deploy/pinned.py"),
    ],
)
def test_sent_to_the_build(path: str) -> None:
    assert is_sent(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no executable bit")
def test_modelup_can_be_executed() -> None:
    assert os.access(ROOT / "deploy" / "modelup.sh", os.X_OK)
