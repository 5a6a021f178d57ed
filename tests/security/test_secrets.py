"""No secret is shown: not in a log line at any level, not in an error, not in what the bot says."""

import logging
import traceback
from pathlib import Path
from typing import Literal

import pytest

from bot.check import check
from bot.cli import main
from bot.logs import set_up_logging
from bot.settings import BadSettings, Settings, read_settings
from tests.support.simulated_place import SimulatedPlace

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.a-secret-that-is-Discords-27"
KEY = "sk-short"
WEBHOOK = "hook_Token-0123456789"
INTERACTION = "aW50ZXJhY3Rpb246MTIz"
PASSWORD = "pa:ss/w0rd"
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"]


@pytest.fixture
def _log_as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.mark.usefixtures("_log_as_before")
@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("level", LEVELS)
def test_no_log_line_holds_one(level: str, style: Literal["text", "json"], capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(level, [TOKEN, KEY], style)
    at = logging.getLevelName(level)
    for name in ("bot", "discord.http", "discord.webhook.async_", "discord.gateway", "openai", "aiohttp"):
        log = logging.getLogger(name)
        log.log(at, "POST https://discord.com/api/v10/webhooks/123/%s?wait=true", WEBHOOK)
        log.log(at, "POST /interactions/456/%s/callback", INTERACTION)
        log.log(at, "event: %s", {"token": INTERACTION, "headers": {"Authorization": f"Bot {TOKEN}"}})
        log.log(at, 'event: {"token": "%s"}', INTERACTION)
        log.log(at, "key %s at http://me:%s@models.example/v1", KEY, PASSWORD)
        log.log(at, "sqlite+aiosqlite://me:%s@host/db and https://%s@proxy.example", PASSWORD, WEBHOOK)
        try:
            raise RuntimeError(f"Bearer {KEY} {TOKEN} /webhooks/123/{WEBHOOK}")
        except RuntimeError:
            log.log(at, "failed", exc_info=True)
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert [secret for secret in (TOKEN, KEY, WEBHOOK, INTERACTION, PASSWORD) if secret in said] == []


@pytest.mark.usefixtures("no_settings")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"mysql://me:{PASSWORD}@db.example/table"),
        ("LLM_BASE_URL", f"http:/me:{PASSWORD}@models.example/v1"),
        ("DATABASE_URL", f"postgresql://me:{PASSWORD}@db.example/table?password={PASSWORD}"),
        ("DATABASE_URL", f"postgresql+asyncpg://me:{PASSWORD}@db.example:port/table"),
        ("LLM_BASE_URL", f"ftp://me:{PASSWORD}@models.example/v1"),
        ("LLM_BASE_URL", f"http://me:{PASSWORD}@models.example:nine/v1"),
    ],
)
def test_no_refused_setting_shows_its_password(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as found:
        read_settings()
    assert name in str(found.value)
    assert PASSWORD not in "".join(traceback.format_exception(found.value))
    assert main(["check"]) == 1
    out = capsys.readouterr()
    assert PASSWORD not in out.out + out.err


async def test_check_prints_no_password_of_an_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.support.endpoint_stand_in import scripted_endpoint

    async with scripted_endpoint() as server:
        address = server.url.replace("://", "://me:passw0rd@")
        file = tmp_path / "roundtable.db"
        given = {"llm_base_url": address, "llm_api_key": KEY, "database_url": f"sqlite+aiosqlite:///{file}"}
        await check(Settings(_env_file=None, **given))  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert "Endpoint: http://127.0.0.1" in said
    assert "passw0rd" not in said
    assert KEY not in said


@pytest.mark.usefixtures("no_settings", "_log_as_before")
def test_the_keys_of_named_endpoints_are_secrets_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENDPOINT_FAST_BASE_URL", f"http://me:{WEBHOOK}@127.0.0.1:9/v1")
    monkeypatch.setenv("ENDPOINT_FAST_API_KEY", KEY)
    monkeypatch.setenv("LLM_RETRIES", "0")
    assert main(["check"]) == 1
    logging.getLogger("bot").error("the key is %s", KEY)
    out = capsys.readouterr()
    assert "Endpoint: The LLM endpoint at 127.0.0.1:9 can't be reached." in out.out
    assert "the key is …" in out.err
    assert KEY not in out.out + out.err + repr(read_settings())
    assert WEBHOOK not in out.out + out.err


@pytest.mark.usefixtures("_log_as_before")
def test_the_password_of_a_database_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    url = "postgres://me:pass%20w0rd@db.example/table"
    settings = Settings(_env_file=None, database_url=url)  # type: ignore[call-arg]
    set_up_logging("INFO", settings.secrets)
    logging.getLogger("asyncpg").error("refused pass w0rd, from %s", settings.database_url)
    said = capsys.readouterr().err
    assert "refused …, from postgresql+asyncpg://…@db.example/table" in said
    assert "w0rd" not in said + repr(settings)


def test_settings_keep_them_to_themselves() -> None:
    settings = Settings(_env_file=None, discord_token=TOKEN, llm_api_key=KEY)  # type: ignore[arg-type, call-arg]
    assert TOKEN not in f"{settings!r} {settings} {settings.model_dump()}"
    assert KEY not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.logs_errors
async def test_members_see_an_id_and_not_what_went_wrong(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.type("start")

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"could not reach https://me:{PASSWORD}@host with {KEY}")

    monkeypatch.setattr(place.bot.supervisor, "pause", broken)
    for answer in (await place.type("pause"), await place.press("Pause")):
        assert answer.startswith("Something went wrong here, sorry.")
        assert PASSWORD not in answer
        assert KEY not in answer
