"""What the documents promise is there."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.cli import main
from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.endpoint_settings import NamedEndpoint
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
# Read by deploy/modelup.sh and deploy/compose.yaml, not by the bot.
NOT_OURS = {"HF_TOKEN"}
DOCUMENTS = ("README.md", "ARCHITECTURE.md", *(f"docs/{file.name}" for file in sorted((ROOT / "docs").glob("*.md"))))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_documented_in_the_example_and_nothing_else_is() -> None:
    documented = set(re.findall(r"^([A-Z_]+)=", read(".env.example"), re.MULTILINE))
    settings = {name.upper() for name in Settings.model_fields} - {"DISCUSSION", "ENDPOINT"}
    dials = {f"DISCUSSION_{name.upper()}" for name in Dials.model_fields}
    fast = {f"ENDPOINT_FAST_{name.upper()}" for name in NamedEndpoint.model_fields}
    assert documented == settings | dials | fast | NOT_OURS


def test_the_example_as_it_is_gives_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(read(".env.example"), encoding="utf-8")
    assert Settings(_env_file=tmp_path / ".env") == Settings(_env_file=None)  # type: ignore[call-arg]


def test_defaults_in_the_example_are_those_of_the_code() -> None:
    blocks = re.findall(r"((?:^#.*\n)+)([A-Z_]+)=", read(".env.example"), re.MULTILINE)
    told = {name: m.group(1) for comment, name in blocks if (m := re.search(r"\(default: ([^;)]+)", comment))}
    dials = {f"DISCUSSION_{name.upper()}": field.default for name, field in Dials.model_fields.items()}
    settings = {name.upper(): getattr(Settings(_env_file=None), name) for name in Settings.model_fields}  # type: ignore[call-arg]
    real = {
        name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in (settings | dials).items()
    }
    assert len(told) > 12
    assert {name: real[name] for name in told if name != "DISCORD_API_URL"} == {
        name: value for name, value in told.items() if name != "DISCORD_API_URL"
    }


def test_every_persona_field_is_in_the_readme() -> None:
    readme = read("README.md")
    assert all(f"| `{field}` |" in readme for field in Persona.model_fields)


def test_every_slash_command_is_in_the_readme() -> None:
    from bot.chat.commands import RoundtableCommands

    readme = read("README.md")
    names = [command.name for command in RoundtableCommands().commands]
    assert names
    assert [name for name in names if f"`{name}`" not in readme and f"`/roundtable {name}`" not in readme] == []


@pytest.mark.parametrize("command", ["run", "demo", "discuss", "dummy", "check"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert "usage: roundtable " + command in capsys.readouterr().out


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_in_a_document_exists(document: str) -> None:
    paths = re.findall(r"`((?:bench|bot|deploy|docs|personas|tasks|tests)/[\w./-]*)`", read(document))
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", [*DOCUMENTS, "Makefile"])
def test_every_module_that_a_document_has_run_exists(document: str) -> None:
    names = re.findall(r"python -m ((?:bench|bot|tests)(?:\.\w+)*)", read(document))
    assert [name for name in names if find_spec(name) is None] == []


def test_who_changes_something_finds_the_few_files_to_open() -> None:
    section = read("ARCHITECTURE.md").partition("\n## Where to change what\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")][2:]
    told = {what.strip(): re.findall(r"`([^`]+)`", files) for what, files in rows}
    assert len(told) > 8
    assert {what: files for what, files in told.items() if not 1 <= len(files) <= 3} == {}
    assert [file for files in told.values() for file in files if not (ROOT / file).exists()] == []
