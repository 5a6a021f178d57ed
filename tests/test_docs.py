"""What the documents promise is there."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest

from bot.cli import main
from bot.discussion.model.persona import Persona
from bot.endpoint_settings import NamedEndpoint
from bot.settings import Settings, read_settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "ARCHITECTURE.md", *(f"docs/{file.name}" for file in sorted((ROOT / "docs").glob("*.md"))))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_persona_field_is_told_of() -> None:
    page = read("docs/personas.md")
    assert all(f"| `{field}` |" in page for field in Persona.model_fields)


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


def anchors(file: Path) -> set[str]:
    """What a link can name of a page: its headings, as they are written in an address."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_to_another_page_leads_there(document: str) -> None:
    here = ROOT / document
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", read(document))
    files = [(here.parent / path if path else here, anchor) for path, anchor in links]
    assert [(file, anchor) for file, anchor in files if not file.exists()] == []
    assert [(file, anchor) for file, anchor in files if anchor and anchor not in anchors(file)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_picture_in_a_document_is_there_small_and_told_in_words(document: str) -> None:
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", read(document))
    files = [(ROOT / document).parent / path for _, path in pictures]
    most = {".png": 150_000, ".webp": 600_000}
    assert [file for file in files if not file.is_file() or file.stat().st_size >= most[file.suffix]] == []
    assert all(len(words) > 40 for words, _ in pictures)


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


@pytest.mark.parametrize("template", ["docs/PRIVACY.md", "docs/TERMS.md"])
def test_what_hosts_fill_in_has_one_form(template: str) -> None:
    text = read(template)
    gaps = re.findall(r"\[\[([^\[\]]+)\]\]", text)
    assert len(gaps) > 5
    assert text.count("[[") == text.count("]]") == len(gaps)
    assert re.findall(r"<[^h>]|TODO|XXX|YOUR[ _]|\{|\.\.\.", text) == []


def test_the_privacy_template_says_what_the_software_does() -> None:
    text = read("docs/PRIVACY.md")
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert f"[[{settings.retention_days}]] days after it has ended" in text
    assert f"[[{settings.leave_grace_days}]] days later" in text
    from bot.chat.commands.members.privacy_command import Action

    assert [action for action in get_args(Action) if action != "tell" and f"`{action}`" not in text] == []


def test_every_row_about_discord_has_its_source() -> None:
    page = read("docs/discord.md").partition("\n## What is unverified")[0]
    rows = [line.strip("|").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    told = [row for row in rows if not set(row[0].strip()) <= set("- |")]
    assert len(told) > 12
    assert [
        row[0] for row in told if row[-2].strip() != "source" and not re.search(r"https://|the same|Developer", row[-2])
    ] == []


# docs/endpoints.md: a heading, and the lines for `.env` beneath it.
SERVERS = re.findall(r"^### ([^\n]+)\n\n```\n(.+?)```", read("docs/endpoints.md"), re.MULTILINE | re.DOTALL)
SETTING = re.compile(r"\b(?:LLM|ENDPOINT)_[A-Z_]*[A-Z]\b")


@pytest.mark.parametrize(("server", "lines"), SERVERS, ids=[server for server, _ in SERVERS])
def test_the_lines_for_each_server_are_settings(server: str, lines: str, no_settings: None, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(lines, encoding="utf-8")
    settings = read_settings()
    default = settings.endpoint_settings(None)
    values = dict(line.split("=", 1) for line in lines.splitlines())
    assert values["LLM_BASE_URL"].startswith(default.base_url)
    # Everything in the block has an effect, and nothing besides.
    fresh = Settings(_env_file=None)  # type: ignore[call-arg]
    changed = {f"LLM_{name.upper()}" for name in NamedEndpoint.model_fields if _of(settings, name) != _of(fresh, name)}
    assert changed == {name for name in values if name.startswith("LLM_")}
    given = {f"ENDPOINT_{e.upper()}_{f.upper()}" for e, own in settings.endpoints.items() for f in own.model_fields_set}
    assert given == {name for name in values if name.startswith("ENDPOINT_")}


def _of(settings: Settings, name: str) -> object:
    return getattr(settings, f"llm_{name}")


def test_many_servers_are_told_of() -> None:
    assert len({server for server, _ in SERVERS}) == len(SERVERS) > 20


def test_every_setting_in_the_page_about_endpoints_is_one_and_each_is_told_of() -> None:
    page = read("docs/endpoints.md")
    fields = {name.upper() for name in NamedEndpoint.model_fields}
    named = {name for name in SETTING.findall(page) if not name.endswith("_")}
    known = {name.upper() for name in Settings.model_fields if name.startswith("llm_")}
    known |= {f"ENDPOINT_CLOUD_{field}" for field in fields} | {"LLM", "ENDPOINT_FAST"}
    assert named - known == set()
    assert {f"LLM_{field}" for field in fields} - named == set()


def test_the_settings_in_its_prose_are_read_as_they_stand(no_settings: None, tmp_path: Path) -> None:
    lines = [line for line in re.findall(r"`(LLM_[A-Z_]+=[^`]+)`", read("docs/endpoints.md")) if "CA_FILE" not in line]
    assert len(lines) > 5
    for line in lines:
        (tmp_path / ".env").write_text(
            f"{line}\nENDPOINT_FAST_BASE_URL=http://a/v1\nENDPOINT_WISE_BASE_URL=http://b/v1\n"
        )
        name, _, value = line.partition("=")
        assert str(getattr(read_settings(), name.lower())) not in ("None", ""), value


def test_what_hosting_quotes_is_what_the_bot_says() -> None:
    section = read("docs/hosting.md").partition("\n## When something does not work\n")[2]
    quoted = [quotation for line in section.splitlines() for quotation in re.findall(r"“([^”]+)”", line)]
    code = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "bot").rglob("*.py")))
    assert len(quoted) > 7
    assert [sentence for sentence in quoted if sentence not in code] == []
