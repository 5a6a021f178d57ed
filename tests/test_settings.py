"""Settings: read once, checked, and explained where they are wrong."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.discussion.model.dials import Dials
from bot.settings import BadSettings, read_settings

pytestmark = pytest.mark.usefixtures("no_settings")


def refused(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        read_settings()
    return str(caught.value)


def test_nothing_needs_to_be_set():
    settings = read_settings()
    assert (settings.discord_token, settings.llm_base_url, settings.llm_model, settings.llm_api_key) == (None,) * 4
    assert settings.discussion == Dials(turns=10, topic_every=4, ask_every=4, wrap_up=3, pace=8)
    assert settings.database_file == Path("data/roundtable.db")
    assert (settings.personas_dir / "aino.json").is_file()
    assert settings.tasks_dir.is_dir()


@pytest.mark.parametrize("blank", ["", " ", "\t "])
def test_a_blank_is_the_same_as_nothing(monkeypatch: pytest.MonkeyPatch, blank: str):
    names = ["DISCORD_TOKEN", "LLM_BASE_URL", "LLM_MODEL", "LLM_API_KEY", "DATABASE_URL", "PERSONAS_DIR", "TASKS_DIR"]
    more = ["DISCORD_API_URL", "LLM_CONCURRENCY", "LLM_CONTEXT", "LOG_LEVEL", "DISCUSSION_TURNS"]
    for name in names + more:
        monkeypatch.setenv(name, blank)
    blanks = read_settings()
    for name in names + more:
        monkeypatch.delenv(name)
    assert blanks == read_settings()


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / ".env").write_text("LLM_MODEL=from-the-file\nLLM_BASE_URL=http://file:1/v1\nDISCUSSION_PACE=0\n")
    monkeypatch.setenv("LLM_MODEL", " from-the-environment ")
    settings = read_settings()
    assert settings.llm_model == "from-the-environment"
    assert settings.llm_base_url == "http://file:1/v1"
    assert settings.discussion.pace == 0
    assert read_settings(llm_model="given").llm_model == "given"


def test_discussions_can_be_kept_for_ever(monkeypatch: pytest.MonkeyPatch):
    assert read_settings().retention_days == 90
    monkeypatch.setenv("RETENTION_DAYS", " Forever ")
    assert read_settings().retention_days is None


def test_each_dial_has_its_setting(monkeypatch: pytest.MonkeyPatch):
    numbers = {"turns": 7, "topic_every": 2.5, "ask_every": 3, "dissent_every": 2, "wrap_up": 1, "pace": 0.5}
    values = numbers | {"pace_most": 9, "words_per_minute": 99, "floor": "random", "guards": "empty,repeat"}
    assert values.keys() == Dials.model_fields.keys()
    for name, value in values.items():
        monkeypatch.setenv(f"DISCUSSION_{name.upper()}", str(value))
    assert read_settings().discussion == Dials.model_validate(values)


def test_settings_do_not_change():
    settings = read_settings()
    with pytest.raises(ValidationError):
        settings.llm_model = "other"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LLM_BASE_URL", "localhost:8000", '"localhost:8000" is not a web address. Write something like http://'),
        ("LLM_BASE_URL", "ftp://host/v1", '"ftp://host/v1" is not a web address.'),
        ("LLM_BASE_URL", "http://", '"http://" is not a web address.'),
        ("LLM_BASE_URL", "http://[::1/v1", "is not a web address."),
        ("LLM_BASE_URL", "http://host:99999/v1", "is not a web address."),
        ("DISCORD_API_URL", "discord", '"discord" is not a web address.'),
        ("LLM_CONCURRENCY", "0", '"0" should be greater than or equal to 1.'),
        ("LLM_CONCURRENCY", "many", '"many" should be a valid integer'),
        ("LLM_TIMEOUT", "-1", '"-1" should be greater than 0.'),
        ("LLM_MAX_TOKENS", "5", '"5" should be greater than or equal to 16.'),
        ("LLM_RETRIES", "11", '"11" should be less than or equal to 10.'),
        ("DATABASE_URL", "postgresql://db", '"postgresql://db" is not supported. Write sqlite+aiosqlite:///'),
        ("DATABASE_URL", "sqlite+aiosqlite:///", "is not supported. Write sqlite+aiosqlite:///data/roundtable.db"),
        ("RETENTION_DAYS", "always", '"always" is not a number of days. Write one from 1 to 36500, or forever'),
        ("RETENTION_DAYS", "0", '"0" should be greater than or equal to 1'),
        ("LOG_LEVEL", "loud", '"loud" is not a log level. Write DEBUG, INFO, WARNING or ERROR'),
        ("DISCUSSION_TURNS", "0", '"0" should be greater than or equal to 1.'),
        ("DISCUSSION_TURNS", "201", '"201" should be less than or equal to 200.'),
        ("DISCUSSION_TURNS", "ten", '"ten" should be a valid integer'),
        ("DISCUSSION_TOPIC_EVERY", "nan", '"nan" should be'),
        ("DISCUSSION_PACE", "-1", '"-1" should be greater than or equal to 0.'),
        ("DISCUSSION_PAECE", "8", "is not a setting. There are: DISCUSSION_TURNS, DISCUSSION_TOPIC_EVERY"),
        ("DISCUSSION", "8 turns", "alone is not a setting. There are: DISCUSSION_TURNS"),
        ("ENDPOINT_FAST_BASE_URL", "localhost:8000", '"localhost:8000" is not a web address. Write something like'),
        ("ENDPOINT_FAST_URL", "http://host/v1", "is not a setting. There are: ENDPOINT_<NAME>_BASE_URL, ENDPOINT_"),
        ("ENDPOINT_BASE_URL", "http://host/v1", "is not a setting. There are: ENDPOINT_<NAME>_BASE_URL, ENDPOINT_"),
        ("ENDPOINT", "fast", "alone is not a setting. There are: ENDPOINT_<NAME>_BASE_URL"),
    ],
)
def test_a_bad_value_is_named_with_its_fix(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str):
    sentence = refused(monkeypatch, **{name: value})
    assert sentence.startswith(f"{name} ")
    assert says in sentence
    assert len(sentence.splitlines()) == 1


def test_endpoints_have_names_of_the_hosts_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / ".env").write_text(
        "ENDPOINT_FAST_BASE_URL=http://file:1/v1/\nENDPOINT_FAST_MODEL=from-the-file\nENDPOINT_FAST_CONCURRENCY=\n"
        "ENDPOINT_OLD_WISE_BASE_URL=https://wise.example/v1\nENDPOINT_OLD_WISE_API_KEY=1234\nENDPOINT_NONE_MODEL=\n"
    )
    monkeypatch.setenv("ENDPOINT_FAST_MODEL", " 7 ")
    monkeypatch.setenv("ENDPOINT_FAST_TIMEOUT", "5")
    endpoints = read_settings().endpoints
    assert sorted(endpoints) == ["fast", "old_wise"]
    fast, wise = endpoints["fast"], endpoints["old_wise"]
    assert (fast.base_url, fast.model, fast.timeout, fast.concurrency) == ("http://file:1/v1", "7", 5, None)
    assert wise.model is None
    assert wise.api_key
    assert wise.api_key.get_secret_value() == "1234"
    assert read_settings().secrets == ["1234"]


def test_an_endpoint_needs_an_address_and_each_value_is_checked(monkeypatch: pytest.MonkeyPatch):
    values = {"ENDPOINT_FAST_MODEL": "m", "ENDPOINT_FAST_RETRIES": "11", "ENDPOINT_FAST_CONTEXT": "many"}
    assert sorted(refused(monkeypatch, **values).splitlines()) == [
        "ENDPOINT_FAST_BASE_URL is missing. Write something like http://127.0.0.1:8000/v1.",
        'ENDPOINT_FAST_CONTEXT "many" should be a valid integer, unable to parse string as an integer.',
        'ENDPOINT_FAST_RETRIES "11" should be less than or equal to 10.',
    ]


def test_all_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch):
    sentences = refused(monkeypatch, LLM_BASE_URL="x", LLM_RETRIES="x", DISCUSSION_TURNS="x", DISCUSSION_X="x")
    names = [line.split()[0] for line in sentences.splitlines()]
    assert sorted(names) == ["DISCUSSION_TURNS", "DISCUSSION_X", "LLM_BASE_URL", "LLM_RETRIES"]


def test_secrets_stand_in_no_message_and_in_no_repr(monkeypatch: pytest.MonkeyPatch):
    sentence = refused(
        monkeypatch,
        DISCORD_TOKEN="hush-token",
        LLM_API_KEY="hush-key",
        ENDPOINT_FAST_API_KEY="hush-too",
        ENDPOINT_FAST_BASE_URL="ftp://me:hush-password@host/v1",
        ENDPOINT_FAST_KEY="hush-misspelt",
        LLM_BASE_URL="ftp://me:hush-password@host/v1",
        DISCUSSION_TURNS="x",
    )
    assert "hush" not in sentence
    assert "ftp://…@host/v1" in sentence
    monkeypatch.delenv("DISCUSSION_TURNS")
    for name in ("LLM_BASE_URL", "ENDPOINT_FAST_BASE_URL", "ENDPOINT_FAST_KEY", "ENDPOINT_FAST_API_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("ENDPOINT_FAST_BASE_URL", "http://host/v1")
    monkeypatch.setenv("ENDPOINT_FAST_API_KEY", "hush-too")
    assert "hush" not in repr(read_settings())
    with pytest.raises(BadSettings) as caught:
        read_settings(llm_api_key=["hush"])
    assert "hush" not in str(caught.value)


def test_a_file_that_is_not_utf8(tmp_path: Path):
    (tmp_path / ".env").write_bytes("LLM_MODEL=modèle\n".encode("latin-1"))
    with pytest.raises(BadSettings, match=r"\.env is not UTF-8"):
        read_settings()
