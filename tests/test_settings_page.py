"""What hosts read of the settings: made of their descriptions, whole, and true."""

from pathlib import Path

import pytest

from bot.discussion.model.dials import Dials
from bot.endpoint_settings import NamedEndpoint
from bot.settings import Settings, read_settings
from bot.settings.env_example import env_example, sections
from bot.settings.house_section import DeploySection
from tests.support.settings_page import EXAMPLE, PAGE, settings_page

ENTRIES = [entry for section in sections() for entry in section.entries]


def written(values: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())


def test_the_example_and_the_page_are_those_that_make_docs_writes() -> None:
    assert EXAMPLE.read_text(encoding="utf-8") == env_example()
    assert PAGE.read_text(encoding="utf-8") == settings_page()


def test_every_setting_is_told_of_once_in_words_and_nothing_else_is() -> None:
    named = [name for entry in ENTRIES for name in entry.names]
    settings = {name.upper() for name in Settings.model_fields} - {"DISCUSSION", "ENDPOINT"}
    dials = {f"DISCUSSION_{name.upper()}" for name in Dials.model_fields}
    fast = {f"ENDPOINT_FAST_{name.upper()}" for name in NamedEndpoint.model_fields}
    assert sorted(named) == sorted(settings | dials | fast | {name.upper() for name in DeploySection.model_fields})
    assert [entry.names for entry in ENTRIES if len(entry.description) < 20 or "\n" in entry.description] == []


def test_the_example_as_it_is_gives_the_defaults_and_so_do_the_defaults_that_it_tells(tmp_path: Path) -> None:
    defaults = {name: entry.default for entry in ENTRIES for name in entry.names if entry.default}
    assert len(defaults) > 20
    for text in (env_example(), written(defaults)):
        (tmp_path / ".env").write_text(text, encoding="utf-8")
        assert Settings(_env_file=tmp_path / ".env") == Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.mark.usefixtures("no_settings")
def test_every_example_can_be_used_as_it_stands(tmp_path: Path) -> None:
    examples = {name: entry.example for entry in ENTRIES for name in entry.names if entry.example}
    assert len(examples) > 7
    others = {"ENDPOINT_FAST_BASE_URL": "http://a/v1", "ENDPOINT_WISE_BASE_URL": "http://b/v1"}
    for other_model in ("LLM_GGUF", "LLM_BASE_URL"):  # only one of them can be set
        here = {name: example for name, example in examples.items() if name != other_model}
        (tmp_path / ".env").write_text(written(here | others), encoding="utf-8")
        given = read_settings().model_fields_set - {"endpoint"}
        assert {name.upper() for name in given} == here.keys()


def test_the_page_links_what_it_names() -> None:
    page = settings_page()
    assert "[docs/prompting.md](prompting.md)" in page
    assert "`LLM_TIMEOUT` then counts" in page
    assert "; `forever`: until you delete it." in page
