"""What the systemd unit and the Kubernetes manifests promise. That they parse is for `make lint-deploy` to say."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.database_address import database_file
from bot.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|API_KEY|DATABASE_URL")


def manifest(name: str) -> dict[str, Any]:
    return yaml.safe_load((KUBERNETES / name).read_text(encoding="utf-8"))


def unit() -> list[tuple[str, str]]:
    """The unit's settings, in their order."""
    lines = (DEPLOY / "roundtable.service").read_text(encoding="utf-8").splitlines()
    return [
        (name, value) for name, equals, value in (line.partition("=") for line in lines if line[:1].isalpha()) if equals
    ]


def test_the_unit_starts_a_user_of_its_own_that_owns_its_folder_only() -> None:
    said = dict(unit())
    assert said["ExecStart"].endswith("/roundtable run")
    assert (said["DynamicUser"], said["StateDirectory"], said["ProtectSystem"]) == ("yes", "roundtable", "strict")
    assert said["CapabilityBoundingSet"] == ""


def test_the_unit_s_database_is_where_its_head_says_whatever_a_blank_line_of_the_settings_overrides() -> None:
    """Lines of EnvironmentFile win over Environment, blank ones as well."""
    template = (DEPLOY.parent / ".env.example").read_text(encoding="utf-8")
    ours = [value.partition("=")[0] for name, value in unit() if name == "Environment"]
    assert [name for name in ours if re.search(rf"^{name}=", template, re.MULTILINE)] == []
    folder = dict(unit())["WorkingDirectory"].replace("%S", "/var/lib")
    default = database_file(Settings.model_fields["database_url"].default)
    assert f"# The database is {folder}/{default}" in (DEPLOY / "roundtable.service").read_text(encoding="utf-8")


def test_the_unit_does_not_start_again_what_no_restart_mends() -> None:
    said = dict(unit())
    assert (said["Restart"], said["RestartPreventExitStatus"]) == ("on-failure", "78")


def test_the_unit_s_token_is_a_credential_and_in_no_environment() -> None:
    name, _, _ = dict(unit())["LoadCredential"].partition(":")
    assert ("Environment", f"DISCORD_TOKEN_FILE=%d/{name}") in unit()


def test_the_pod_has_no_more_rights_than_it_needs() -> None:
    pod = manifest("base/deployment.yaml")["spec"]["template"]["spec"]
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    user = pod["securityContext"]["runAsUser"]
    assert f"USER {user}:{pod['securityContext']['runAsGroup']}\n" in dockerfile
    assert pod["securityContext"]["fsGroup"] == user, "whoever runs it owns the volume"
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod["automountServiceAccountToken"]
    (bot,) = pod["containers"]
    assert bot["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {mount["mountPath"] for mount in bot["volumeMounts"]} == {"/data", "/tmp"}
    assert bot["resources"]["limits"]["memory"]


def test_an_outage_of_discord_makes_a_pod_unready_and_restarts_nothing() -> None:
    (bot,) = manifest("base/deployment.yaml")["spec"]["template"]["spec"]["containers"]
    paths = {probe: bot[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    (port,) = bot["ports"]
    assert f"OPS_BIND=0.0.0.0:{port['containerPort']}\n" in (KUBERNETES / "base" / "settings.env").read_text()


def test_secrets_come_from_a_secret_and_stand_in_no_manifest() -> None:
    (bot,) = manifest("base/deployment.yaml")["spec"]["template"]["spec"]["containers"]
    assert {"secretRef": {"name": "roundtable"}} in bot["envFrom"]
    for file in KUBERNETES.rglob("*.*"):
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
        assert not [line for line in lines if SECRET.search(line)], file


def test_sqlite_is_one_process_with_a_volume_that_is_never_shared() -> None:
    spec = manifest("sqlite/deployment.yaml")["spec"]
    assert manifest("base/deployment.yaml")["spec"]["replicas"] == 1
    assert "replicas" not in spec
    assert spec["strategy"]["type"] == "Recreate"
    (volume,) = spec["template"]["spec"]["volumes"]
    claim = manifest("sqlite/volume.yaml")
    assert volume == {"name": "data", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_postgresql_is_several_processes_that_go_one_by_one() -> None:
    spec = manifest("postgresql/deployment.yaml")["spec"]
    shards = re.search(r"^SHARD_COUNT=(\d+)$", (KUBERNETES / "postgresql" / "settings.env").read_text(), re.MULTILINE)
    assert shards
    assert int(shards[1]) >= spec["replicas"] > 1
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    assert spec["template"]["spec"]["volumes"] == [{"name": "data", "emptyDir": {}}]


@pytest.mark.parametrize("way", ["sqlite", "postgresql"])
def test_each_way_stands_on_the_base(way: str) -> None:
    wanted = manifest(f"{way}/kustomization.yaml")
    assert "../base" in wanted["resources"]
    named = [*wanted["resources"][1:], *(patch["path"] for patch in wanted["patches"])]
    assert all((KUBERNETES / way / name).is_file() for name in named)
