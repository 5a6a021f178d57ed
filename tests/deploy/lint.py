"""`make lint-deploy`: what hosts start the bot with, looked at by the tools of its kinds, without a network.

Prints a line for each tool; the exit code is 1 if one of them found something. The tools come with the extra `dev` on
Linux, systemd-analyze with Debian's systemd; one that is missing is said, and passed over unless CI is set.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
# The tools of this environment come before those of the machine.
ENVIRONMENT: Final = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
# What systemd-analyze gives a service at the most, of 100; the bot needs the network.
EXPOSURE: Final = 20


def run(*command: str | Path, may_not_name: str | None = None) -> str:
    """What a tool prints. Raises CalledProcessError with what it found: also where it warns of that file."""
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    if may_not_name and may_not_name in done.stderr:
        raise subprocess.CalledProcessError(0, command, done.stdout, done.stderr)
    return done.stdout


def dockerfile(_: Path) -> None:
    run("hadolint", DEPLOY / "Dockerfile")


def scripts(_: Path) -> None:
    run("shellcheck", *sorted(DEPLOY.glob("*.sh")), ROOT / ".ci" / "run")


def compose(folder: Path) -> None:
    """Each profile by itself, and all at once, with the settings of a host who has set nothing but a token."""
    shutil.copytree(DEPLOY, folder / "deploy")
    (folder / ".env").write_text("DISCORD_TOKEN=token\n")
    for profile in ("local", "vllm", "postgres", "*"):
        run("docker-compose", "-f", folder / "deploy" / "compose.yaml", "--profile", profile, "config", "--quiet")


def kubernetes(folder: Path) -> None:
    for way in ("sqlite", "postgresql"):
        file = folder / f"{way}.yaml"
        file.write_text(run("kubectl", "kustomize", DEPLOY / "kubernetes" / way))
        run("kubernetes-validate", "--strict", "--quiet", file)


def service(folder: Path) -> None:
    """The unit, with a program that is there in the place of the host's."""
    unit = folder / "roundtable.service"
    text = (DEPLOY / "roundtable.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/roundtable/bin/roundtable", sys.executable), encoding="utf-8")
    run("systemd-analyze", "verify", unit, may_not_name=unit.name)
    run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", unit)


LINTS: Final[dict[str, Callable[[Path], None]]] = {
    "hadolint": dockerfile,
    "shellcheck": scripts,
    "docker-compose": compose,
    "kubectl": kubernetes,
    "systemd-analyze": service,
}


def main() -> int:
    """Run all that is here; 1 if one found something."""
    bad = False
    for tool, lint in LINTS.items():
        if not shutil.which(tool, path=ENVIRONMENT["PATH"]):
            bad = bad or bool(os.environ.get("CI"))
            print(f"{tool}: not here, so {lint.__name__} was not looked at")
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                lint(Path(folder))
            except subprocess.CalledProcessError as found:
                bad = True
                print(f"{tool}: {lint.__name__}\n{found.stdout}{found.stderr}")
            else:
                print(f"{tool}: {lint.__name__} ok")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
