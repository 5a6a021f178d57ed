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


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("1122334455667788", (1122334455667788,)),
        ("1122334455667788, 998877665544332211,", (1122334455667788, 998877665544332211)),
    ],
)
def test_ids_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch, written: str, ids: tuple[int, ...]):
    monkeypatch.setenv("ALLOWED_SERVERS", written)
    monkeypatch.setenv("PROXY_APPLICATIONS", written)
    assert (read_settings().allowed_servers, read_settings().proxy_applications) == (ids, ids)


def test_no_application_may_speak_for_members_but_some_server_must_be_allowed(monkeypatch: pytest.MonkeyPatch):
    assert read_settings().allowed_servers is None
    monkeypatch.setenv("PROXY_APPLICATIONS", "None")
    assert read_settings().proxy_applications == ()
    assert '"none" would let the bot be nowhere' in refused(monkeypatch, ALLOWED_SERVERS="none")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ALLOWED_SERVERS", "The Long Table", 'has "The Long Table", which is no id'),
        ("PROXY_APPLICATIONS", "466378653216014359 12", "which is no id. Write ids separated by commas"),
        ("PRIVACY_URL", "privacy.md", '"privacy.md" is not a web address. Write something like https://'),
        ("HOST_CONTACT", "x" * 201, "at most 200 characters"),
        ("NOTIFY", "some", "'card', 'all' or 'none'"),
        ("AGE_RESTRICTED", "18", "should be true or false."),
    ],
)
def test_what_discord_needs_of_a_host_is_checked(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str):
    assert told in refused(monkeypatch, **{name: value})


def test_discussions_can_be_kept_for_ever(monkeypatch: pytest.MonkeyPatch):
    assert read_settings().retention_days == 30
    monkeypatch.setenv("RETENTION_DAYS", " Forever ")
    assert read_settings().retention_days is None


def test_each_dial_has_its_setting(monkeypatch: pytest.MonkeyPatch):
    numbers = {"turns": 7, "topic_every": 2.5, "topic_least": 2, "ask_every": 3, "dissent_every": 2}
    numbers |= {"wrap_up": 1, "pace": 0.5, "guest_wait": 7, "vote": True}
    values = numbers | {"pace_most": 9, "words_per_minute": 99, "floor": "random", "guards": "empty,repeat"}
    values |= {"format": "council", "vote_seconds": 30, "open_turns": 2}
    assert values.keys() == Dials.model_fields.keys()
    for name, value in values.items():
        monkeypatch.setenv(f"DISCUSSION_{name.upper()}", str(value))
    assert read_settings().discussion == Dials.model_validate(values)


@pytest.mark.parametrize(
    ("written", "address"),
    [("", ("127.0.0.1", 8770)), ("None", None), ("0.0.0.0:9", ("0.0.0.0", 9)), ("[::1]:8771", ("::1", 8771))],
)
def test_where_the_ops_server_listens(monkeypatch: pytest.MonkeyPatch, written: str, address: tuple[str, int] | None):
    monkeypatch.setenv("OPS_BIND", written)
    assert read_settings().ops_address == address


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
        ("LLM_PRICE_IN", "-1", '"-1" should be greater than or equal to 0.'),
        ("LLM_PRICE_OUT", "nan", '"nan" should be a finite number.'),
        ("LLM_PRICE_OUT", "cheap", '"cheap" should be a valid decimal.'),
        (
            "LLM_PRICE_OUT",
            "0.60",
            "is set without LLM_PRICE_IN. Set the prices of a million tokens, 0 for",
        ),
        ("LLM_PRICE_CACHED", "1", "is set without LLM_PRICE_IN and LLM_PRICE_OUT. Set"),
        ("LLM_CURRENCY", "dollars", '"dollars" is not a currency. Write its three letters, such as USD'),
        ("LIMIT_DAY_COST", "2,50", '"2,50" should be a valid decimal.'),
        ("LLM_RETRIES", "11", '"11" should be less than or equal to 10.'),
        ("DATABASE_URL", "mysql://me:hush@db/x", "DATABASE_URL is not supported. Write sqlite+aiosqlite:///"),
        ("DATABASE_URL", "postgresql://db", "names no database. Write postgresql://user:password@host/database"),
        ("DATABASE_URL", "postgres://me:a@db:x/y", "DATABASE_URL is no address of a database."),
        ("DATABASE_URL", "postgres://me:hush@hush@db/x", "has more than one @. Write one that is part of a name or a"),
        ("DATABASE_URL", "postgres:/me:hush@db/x", "DATABASE_URL is not supported. Write sqlite+aiosqlite:///data"),
        ("DATABASE_URL", "me:hush:db/x", "DATABASE_URL is not supported. Write sqlite+aiosqlite:///data"),
        ("DATABASE_URL", "sqlite:///x.db", '"sqlite:///x.db" is not supported. Write sqlite+aiosqlite:///data'),
        ("DATABASE_URL", "postgres://db/x?sslmod=on", "has sslmod behind the ?. Leave that out; there are host, port"),
        ("DATABASE_URL", "sqlite+aiosqlite:///", "is not supported. Write sqlite+aiosqlite:///data/roundtable.db"),
        ("RETENTION_DAYS", "always", '"always" is not a number of days. Write one from 1 to 36500, or forever'),
        ("RETENTION_DAYS", "0", '"0" should be greater than or equal to 1'),
        ("LOG_FORMAT", "xml", "\"xml\" should be 'text' or 'json'"),
        (
            "OPS_BIND",
            "8770",
            '"8770" is no address to listen on. Write a host and a port, such as 127.0.0.1:8770, or none',
        ),
        ("OPS_BIND", "http://127.0.0.1:8770", "is no address to listen on"),
        ("OPS_BIND", "127.0.0.1:0", "is no address to listen on"),
        ("DISCORD_STATUS_CHANNEL", "#ops", '"#ops" is no id.'),
        ("LOG_LEVEL", "loud", '"loud" is not a log level. Write DEBUG, INFO, WARNING or ERROR'),
        ("DISCUSSION_TURNS", "0", '"0" should be greater than or equal to 1.'),
        ("DISCUSSION_TURNS", "201", '"201" should be less than or equal to 200.'),
        ("DISCUSSION_TURNS", "ten", '"ten" should be a valid integer'),
        ("DISCUSSION_TOPIC_EVERY", "nan", '"nan" should be'),
        ("DISCUSSION_FORMAT", "councl", "“councl” is no format. Did you mean council?"),
        ("DISCUSSION_FORMAT", "chat", "“chat” is no format. There are: roundtable, council"),
        ("DISCUSSION_PACE", "-1", '"-1" should be greater than or equal to 0.'),
        ("DISCUSSION_PAECE", "8", "is not a setting. There are: DISCUSSION_FORMAT, DISCUSSION_TURNS"),
        ("DISCUSSION", "8 turns", "alone is not a setting. There are: DISCUSSION_FORMAT, DISCUSSION_TURNS"),
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
    assert "hush" not in sentence


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


# --- how an endpoint is asked ---

SETTINGS_OF_AN_ENDPOINT = ("LLM", "ENDPOINT_FAST")


@pytest.mark.parametrize("prefix", SETTINGS_OF_AN_ENDPOINT)
@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("EXTRA_BODY", "top_p=0.9", "is not JSON: expecting value at character 1 (top_p=0.9 …). Write one JSON object"),
        (
            "EXTRA_BODY",
            '{"top_p": 0.9',
            "is not JSON: expecting ',' delimiter at its end. Write one JSON object, such as {\"",
        ),
        (
            "EXTRA_BODY",
            "{'top_p': 0.9}",
            "is not JSON: expecting property name enclosed in double quotes at character 2",
        ),
        ("EXTRA_BODY", '{"top_p": 0.9,}', "is not JSON: "),
        ("EXTRA_BODY", '{"top_p": NaN}', "is not JSON: NaN is no number there."),
        ("EXTRA_BODY", '{"top_p": 1, "top_p": 2}', "is not JSON: it names “top_p” twice."),
        ("EXTRA_BODY", '["top_p"]', "is JSON, but no object. Write one JSON object, such as"),
        ("EXTRA_BODY", "[" * 100_000, "is nested too deeply."),
        (
            "EXTRA_BODY",
            '{"model": "x"}',
            "can't hold “model”: LLM_MODEL, ENDPOINT_<NAME>_MODEL or a persona's “model” names",
        ),
        (
            "EXTRA_BODY",
            '{"messages": []}',
            "can't hold “messages”: the discussion is in it; …_LAYOUT says in which roles.",
        ),
        ("EXTRA_BODY", '{"stream": true}', "can't hold “stream”: …_STREAM says so. Take it out."),
        ("EXTRA_BODY", '{"max_completion_tokens": 9}', "can't hold “max_completion_tokens”: LLM_MAX_TOKENS sets it"),
        (
            "EXTRA_HEADERS",
            "X-Title: hush",
            "is not JSON: expecting value at character 1. Write one JSON object, such as",
        ),
        ("EXTRA_HEADERS", '{"X-Title": ["hush"]}', "holds no text under “X-Title”. Put the value into quotation marks"),
        ("EXTRA_HEADERS", '{"X Title": "hush"}', "holds “X Title”, which can't be a header's name."),
        ("EXTRA_HEADERS", '{"": "hush"}', "holds “”, which can't be a header's name."),
        (
            "EXTRA_HEADERS",
            '{"X-Title": "hush\\nX-Evil: hush"}',
            "holds a line break or a letter beyond ASCII under “X-Title”",
        ),
        ("EXTRA_HEADERS", '{"X-Title": "hüsh"}', "holds a line break or a letter beyond ASCII under “X-Title”"),
        ("EXTRA_HEADERS", '{"content-length": "7"}', "can't hold “content-length”: the bot sets that header itself."),
        ("EXTRA_HEADERS", '{"X-Title": "hush", "x-title": "hush"}', "names a header twice, in capitals and without."),
        (
            "EXTRA_QUERY",
            "api-version=hush",
            "is not JSON: expecting value at character 1. Write one JSON object, such as",
        ),
        ("EXTRA_QUERY", '{"a": {"hush": 1}}', "holds no text under “a”."),
        (
            "OMIT",
            "stop, model",
            '"stop, model" names “model”, which can\'t be left out. There are: max_tokens, response_',
        ),
        (
            "OMIT",
            "logprobs",
            "names “logprobs”, which can't be left out. There are: max_tokens, response_format, stop, str",
        ),
        ("STREAM", "sometimes", '"sometimes" is neither true nor false. Write one of the two.'),
        ("LAYOUT", "developer", "\"developer\" should be 'user' or 'system'."),
        ("CA_FILE", "no/such.pem", '"no/such.pem" is not there. Name the file with the server\'s certificate'),
        ("FALLBACK", "fast one", "names “fast one”, which can't be an endpoint's name. Write fast for ENDPOINT_FAST_…"),
        ("FALLBACK", "slow", "names “slow”, which is no endpoint. There are: "),
    ],
)
def test_what_is_wrong_with_how_an_endpoint_is_to_be_asked(
    monkeypatch: pytest.MonkeyPatch, prefix: str, setting: str, value: str, says: str
):
    monkeypatch.setenv("ENDPOINT_FAST_BASE_URL", "http://host/v1")
    sentence = refused(monkeypatch, **{f"{prefix}_{setting}": value})
    assert sentence.startswith(f"{prefix}_{setting} ")
    assert says in sentence
    assert "hush" not in sentence
    assert len(sentence.splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("LLM_FALLBACK", "fast, default", "LLM_FALLBACK names “default”, which is that endpoint itself."),
        ("ENDPOINT_FAST_FALLBACK", "wise, FAST", "ENDPOINT_FAST_FALLBACK names “fast”, which is that endpoint itself."),
        ("LLM_FALLBACK", "slow", "There are: fast, wise. Or set ENDPOINT_SLOW_BASE_URL."),
        ("ENDPOINT_WISE_FALLBACK", "slow", "There are: default, fast. Or set ENDPOINT_SLOW_BASE_URL."),
    ],
)
def test_nobody_falls_back_on_itself_or_on_nobody(monkeypatch: pytest.MonkeyPatch, setting: str, value: str, says: str):
    monkeypatch.setenv("ENDPOINT_FAST_BASE_URL", "http://host/v1")
    monkeypatch.setenv("ENDPOINT_WISE_BASE_URL", "http://host/v1")
    assert says in refused(monkeypatch, **{setting: value})


def test_a_file_without_a_certificate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name, content in {
        "empty.pem": "",
        "text.pem": "not one",
        "key.pem": "-----BEGIN PRIVATE KEY-----\nAA==\n",
    }.items():
        (tmp_path / name).write_text(content)
        sentence = refused(monkeypatch, LLM_CA_FILE=str(tmp_path / name))
        assert "holds no certificate in PEM form. It should have a block that begins with -----BEGIN CERT" in sentence
    assert "can't be read (" in refused(monkeypatch, LLM_CA_FILE=str(tmp_path))


def test_lines_of_a_settings_file_are_read_as_people_write_them(tmp_path: Path):
    (tmp_path / ".env").write_text(
        'LLM_EXTRA_BODY={"top_p": 0.9, "provider": {"order": ["a", "b"]}}\n'
        'LLM_EXTRA_HEADERS=\'{"X-Title": "Table # 1", "X-Number": 7}\'\n'
        'LLM_EXTRA_QUERY={"api-version": "2024-10-21"}\n'
        "LLM_OMIT= Stop, temperature ,\nLLM_STREAM=True\nLLM_LAYOUT=system\nLLM_FALLBACK=FAST\n"
        "ENDPOINT_FAST_BASE_URL=http://host/v1/chat/completions/?api-version=1#x\nENDPOINT_FAST_FALLBACK=default\n"
    )
    settings = read_settings()
    default, fast = settings.endpoint_settings(None), settings.endpoint_settings("fast")
    assert default.extra_body == '{"top_p": 0.9, "provider": {"order": ["a", "b"]}}'
    assert default.headers == {"X-Title": "Table # 1", "X-Number": "7"}
    assert default.query == {"api-version": "2024-10-21"}
    assert (default.omit, default.stream, default.layout) == (("stop", "temperature"), True, "system")
    assert (default.fallback, fast.fallback) == (("fast",), ("default",))
    assert fast.base_url == "http://host/v1/chat/completions?api-version=1"


def test_a_named_endpoint_takes_over_limits_and_ways_but_nothing_that_is_about_one_server(
    monkeypatch: pytest.MonkeyPatch,
):
    values = {
        "LLM_EXTRA_BODY": '{"top_p": 1}',
        "LLM_EXTRA_HEADERS": '{"X-Key": "hush-header"}',
        "LLM_EXTRA_QUERY": '{"key": "hush-query"}',
        "LLM_OMIT": "stop",
        "LLM_LAYOUT": "system",
        "LLM_FALLBACK": "fast",
        "LLM_STREAM": "true",
        "LLM_TIMEOUT": "9",
        "LLM_PRICE_IN": "1",
        "LLM_PRICE_OUT": "2",
        "ENDPOINT_FAST_BASE_URL": "http://host/v1",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    fast = read_settings().endpoint_settings("fast")
    assert (fast.stream, fast.timeout, fast.price_in, fast.price_out) == (True, 9, None, None)
    assert (fast.extra_body, fast.headers, fast.query, fast.omit, fast.layout, fast.fallback) == (
        *(None, {}, {}),
        *(None, None, None),
    )
    monkeypatch.setenv("ENDPOINT_FAST_STREAM", "false")
    assert read_settings().endpoint_settings("fast").stream is False


def test_what_is_secret_in_headers_queries_and_addresses(monkeypatch: pytest.MonkeyPatch):
    values = {
        "LLM_BASE_URL": "https://me:hush-pass%21word@host/v1?api-version=2024-10-21&sig=hush-signature",
        "LLM_EXTRA_HEADERS": '{"Authorization": "Bearer hush-bearer", "X-Flag": "1"}',
        "LLM_EXTRA_QUERY": '{"subscription-key": "hush", "region": "westeurope", "x": "a1b2c3d4e5f6a7b8c9d0e1f2"}',
        "ENDPOINT_FAST_BASE_URL": "http://host/v1",
        "ENDPOINT_FAST_EXTRA_HEADERS": '{"CF-Access-Client-Secret": "hush-cloud"}',
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert set(settings.secrets) >= {
        *("hush-pass%21word", "hush-pass!word", "hush-signature", "Bearer hush-bearer", "hush-bearer"),
        *("hush", "a1b2c3d4e5f6a7b8c9d0e1f2", "hush-cloud"),
    }
    # Blanked, these would make the log unreadable.
    assert not {"1", "2024-10-21", "westeurope", "Bearer", ""} & set(settings.secrets)
    shown = (
        repr(settings.endpoint_settings(None).extra_headers) + repr(settings.endpoints) + repr(settings.llm_extra_query)
    )
    assert "hush" not in shown
