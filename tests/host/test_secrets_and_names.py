"""Settings as hosts write them: secrets in files, quotation marks around values, names that are nearly right."""

from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import BadSettings, read_settings
from bot.settings.near_misses import misspelt
from tests.support.written_files import put

pytestmark = pytest.mark.usefixtures("no_settings")


def test_every_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    given = {
        "DISCORD_TOKEN": "a.b.c",
        "DATABASE_URL": "sqlite+aiosqlite:///other.db",
        "LLM_API_KEY": "sk-key",
        "LLM_EXTRA_HEADERS": '{"X-Key": "hush-hush"}',
        "LLM_EXTRA_QUERY": '{"sig": "psst-psst"}',
        "ENDPOINT_MY_FAST_API_KEY": "sk-fast",
        "ENDPOINT_MY_FAST_EXTRA_HEADERS": '{"X-Key": "quiet-one"}',
        "ENDPOINT_MY_FAST_EXTRA_QUERY": '{"key": "still-one"}',
    }
    for name, secret in given.items():
        put(tmp_path / "secrets" / name, f"  {secret}\n")
        monkeypatch.setenv(f"{name}_FILE", f"secrets/{name}")
    monkeypatch.setenv("ENDPOINT_MY_FAST_BASE_URL", "http://127.0.0.1:9/v1")
    settings = read_settings()
    assert settings.database_file == Path("other.db")
    assert {"a.b.c", "sk-key", "hush-hush", "psst-psst", "sk-fast", "quiet-one", "still-one"} <= set(settings.secrets)
    assert settings.endpoints["my_fast"].key == "sk-fast"
    assert settings.endpoints["my_fast"].headers == {"X-Key": "quiet-one"}


def test_the_file_may_be_named_in_the_env_file(tmp_path: Path):
    put(tmp_path / "token", "a.b.c")
    put(tmp_path / ".env", "DISCORD_TOKEN=\nDISCORD_TOKEN_FILE=token\n")
    assert read_settings().secrets == ["a.b.c"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, 'DISCORD_TOKEN_FILE "secret" is not there. Name a file that holds the secret and nothing else.'),
        (b" \n", 'DISCORD_TOKEN_FILE "secret" is empty.'),
        (b"x" * 70_000, 'DISCORD_TOKEN_FILE "secret" is too long.'),
        (b"\xff\xfe", 'DISCORD_TOKEN_FILE "secret" is no text in UTF-8.'),
    ],
)
def test_a_file_that_can_not_be_used_is_a_sentence(
    tmp_path: Path, content: bytes | None, says: str, monkeypatch: pytest.MonkeyPatch
):
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "secret")
    monkeypatch.setenv("LLM_API_KEY_FILE", ".")
    with pytest.raises(BadSettings) as told:
        read_settings()
    said = str(told.value).splitlines()
    assert any(line.startswith(says) for line in said)
    assert 'LLM_API_KEY_FILE "." can\'t be read (Is a directory).' in said


def test_both_set_is_a_sentence_without_the_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    put(tmp_path / ".env", "DISCORD_TOKEN=a.b.c")
    put(tmp_path / "token", "a.b.c")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "token")
    with pytest.raises(BadSettings) as told:
        read_settings()
    assert str(told.value) == "DISCORD_TOKEN_FILE and DISCORD_TOKEN are both set: take one of them out."


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"a.b.c"', "a.b.c"),
        ("'a.b.c'", "a.b.c"),
        (' "a.b.c" ', "a.b.c"),
        ('"a.b.c', '"a.b.c'),
        ('"', '"'),
        ('"a"b"', '"a"b"'),
    ],
)
def test_quotation_marks_around_a_value_are_none_of_it(written: str, read: str, monkeypatch: pytest.MonkeyPatch):
    """`docker run --env-file` leaves them there."""
    monkeypatch.setenv("DISCORD_TOKEN", written)
    monkeypatch.setenv("LLM_BASE_URL", '"http://127.0.0.1:9/v1"')
    monkeypatch.setenv("LLM_EXTRA_BODY", """'{"top_p": 0.5}'""")
    settings = read_settings()
    assert settings.discord_token
    assert settings.discord_token.get_secret_value() == read
    assert settings.llm_base_url == "http://127.0.0.1:9/v1"


# What other programs have in their environment.
OTHERS = ["LLM_USER_PATH", "LLM_LOAD_PLUGINS", "DISCORD_WEBHOOK_URL", "DISCORD_CLIENT_ID", "DISCORD_GUILD_ID"]
OTHERS += ["OPENAI_API_KEY", "PATH", "LOGLEVEL", "LANG", "LIMITS", "DATABASE_URI", "LLM_PROVIDER", "DISCORD_BOT_NAME"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("LLM_BASEURL", "LLM_BASE_URL"),
        ("llm_base_uri", "LLM_BASE_URL"),
        ("LLM_KEY", "LLM_API_KEY"),
        ("LLM_MODEL_NAME", "LLM_MODEL"),
        ("LLM_API_KEYFILE", "LLM_API_KEY_FILE"),
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
        ("LIMIT_DAYTOKENS", "LIMIT_DAY_TOKENS"),
    ],
)
def test_a_name_that_is_nearly_right_is_warned_of(name: str, meant: str):
    says = f"{name.upper()} in the environment is no setting and has no effect. Did you mean {meant}?"
    assert misspelt([name, *OTHERS], []) == [says]


def test_names_of_others_and_right_ones_are_not():
    assert misspelt([*OTHERS, "llm_model", "ENDPOINT_FAST_MODEL", "DISCORD_TOKEN_FILE", "LLM_BASE_URL"], []) == []
    assert misspelt(["LLM_BASEURL", "LLM_BASE_URL"], []) == [], "the right one is set"


def test_in_the_env_file_any_name_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    put(tmp_path / ".env", "PERSONA_DIR=mine\nHF_TOKEN=x\nCOMPOSE_PROJECT_NAME=mine\nLLM_MODELS=big\n")
    assert main(["migrate", "--check"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert [line.partition("bot.cli: ")[2] for line in said] == [
        "LLM_MODELS in .env is no setting and has no effect. Did you mean LLM_MODEL?",
        "PERSONA_DIR in .env is no setting and has no effect. Did you mean PERSONAS_DIR?",
    ]


# --- what `run` needs ---


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "DISCORD_TOKEN is not set."),
        ({"DISCORD_TOKEN": "x"}, "LLM_BASE_URL is not set, and without a model the personas would babble."),
        ({"DISCORD_TOKEN": "x", "LLM_BASE_URL": "dummy", "LOG_LEVEL": "LOUD"}, 'LOG_LEVEL "LOUD" is not a log level.'),
        ({"DISCORD_TOKEN": "x", "LLM_BASE_URL": "Dummy", "TASKS_DIR": "nowhere"}, "1 thing to mend in the persona"),
    ],
)
def test_what_no_restart_mends_is_told_by_the_exit_status(
    given: dict[str, str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert main(["run"]) == 78
    assert says in capsys.readouterr().err + caplog.text
    assert not Path("data").exists()
