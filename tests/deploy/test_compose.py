"""What deploy/compose.yaml promises a host: who is locked down how, and who sees which secret."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|API_KEY")
PROFILES = {"local": "llama", "vllm": "model", "model": "model", "postgres": "postgres"}


def test_every_profile_has_its_service_and_the_bot_is_always_there() -> None:
    found = {profile: name for name, service in SERVICES.items() for profile in service.get("profiles", ())}
    assert found == PROFILES
    assert set(SERVICES) - set(PROFILES.values()) == {"bot"}


def test_a_profile_that_hosts_are_told_of_is_one_that_the_head_explains() -> None:
    head = COMPOSE.partition("\nservices:")[0]
    told = re.findall(r'profile \\?"(\w+)', (ROOT / "deploy" / "modelup.sh").read_text(encoding="utf-8"))
    assert len(told) > 1
    assert [profile for profile in told if f"\n#   {profile} " not in head] == []


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_fills_the_machine_or_gains_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in service, "each is reached by its name, from the network of these services"


def test_the_bot_is_locked_down() -> None:
    bot = SERVICES["bot"]
    assert bot["build"]["dockerfile"] == "deploy/Dockerfile"
    assert bot["read_only"]
    assert bot["tmpfs"] == ["/tmp"]
    assert bot["cap_drop"] == ["ALL"]
    assert bot["volumes"] == ["data:/data"]
    assert bot["stop_grace_period"] == "15s"
    assert bot["extra_hosts"] == ["host.docker.internal:host-gateway"]


def test_each_secret_goes_only_where_it_is_used() -> None:
    """The bot gets all of .env: what is not its own is blanked there."""
    secrets = {
        name: {key for key, value in service.get("environment", {}).items() if SECRET.search(key) and value}
        for name, service in SERVICES.items()
    }
    assert secrets == {"bot": set(), "llama": set(), "model": {"HF_TOKEN"}, "postgres": {"POSTGRES_PASSWORD"}}
    assert {key for key, value in SERVICES["bot"]["environment"].items() if value == ""} == {
        "HF_TOKEN",
        "POSTGRES_PASSWORD",
    }
    assert [name for name, service in SERVICES.items() if "env_file" in service] == ["bot"]


def test_paths_win_over_dotenv() -> None:
    """A .env written for a bot outside the container must not move the database off the volume."""
    environment = SERVICES["bot"]["environment"]
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    for name in ("PERSONAS_DIR", "TASKS_DIR"):
        assert f"{name}={environment[name]}" in dockerfile
    # Blank without PostgreSQL, and a blank one is data/roundtable.db below the image's working directory.
    address = "postgresql+asyncpg://roundtable:${POSTGRES_PASSWORD}@postgres/roundtable"
    assert environment["DATABASE_URL"] == f"${{POSTGRES_PASSWORD:+{address}}}"
    postgres = SERVICES["postgres"]["environment"]
    assert (postgres["POSTGRES_USER"], postgres["POSTGRES_DB"]) == ("roundtable", "roundtable")
    assert SERVICES["bot"]["depends_on"]["postgres"] == {"condition": "service_healthy", "required": False}


def test_compose_and_modelup_start_the_same_model() -> None:
    script = (ROOT / "deploy" / "modelup.sh").read_text(encoding="utf-8")
    for name in ("VLLM_IMAGE", "MODEL", "MAX_MODEL_LEN"):
        (default,) = re.findall(rf"^{name}=\$(\{{{name}:-.+\}})$", script, re.MULTILINE)
        assert f"${default}\n" in COMPOSE
    for setting, volume in (("HF_CACHE", "roundtable-hf-cache"), ("VLLM_CACHE", "roundtable-vllm-cache")):
        assert f"{setting}=${{{setting}:-{volume}}}" in script
        assert f"    name: {volume}\n" in COMPOSE
