"""What a line of the log tells, as text and as JSON."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from bot.cli import MISCONFIGURED, main
from bot.logs import log_about, set_up_logging

_TEXT = re.compile(r"(?P<time>\S+ \S+) (?P<level>\w+) +bot.cli: (?P<message>.*)")
SECRET = 'sk-"quoted"-\\-é'


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


async def test_a_line_tells_what_is_under_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Also in tasks that are begun meanwhile, and no longer than that."""
    set_up_logging("INFO")
    log = logging.getLogger("bot.test")

    async def sends() -> None:
        log.info("sent")

    with log_about(session=3, server=77):
        with log_about(turn=9):
            sending = asyncio.create_task(sends())
        log.info("goes on")
    log.info("elsewhere")
    await sending
    said = [line.split(" INFO    ")[1] for line in capsys.readouterr().err.splitlines()]
    assert said == [
        "bot.test [session 3 server 77]: goes on",
        "bot.test: elsewhere",
        "bot.test [session 3 server 77 turn 9]: sent",
    ]


@pytest.mark.usefixtures("no_settings")
@pytest.mark.parametrize("style", ["text", "json"])
def test_what_ends_the_bot_is_a_line_of_the_log(
    style: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its time, and as the others are written; what is wrong with the settings themselves is a plain sentence."""
    monkeypatch.setenv("LOG_FORMAT", style)
    assert main(["run"]) == MISCONFIGURED
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line) if style == "json" else _TEXT.fullmatch(line).groupdict()  # type: ignore[union-attr]
    assert datetime.fromisoformat(told["time"].replace(",", "."))
    assert told["level"] == "CRITICAL"
    assert told["message"].startswith("DISCORD_TOKEN is not set.")
    logging.getLogger().handlers.clear()
    monkeypatch.setenv("LOG_FORMAT", "xml")
    assert main(["run"]) == MISCONFIGURED
    assert capsys.readouterr().err.startswith('LOG_FORMAT "xml" should be')


def test_json_is_one_object_a_line_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    """A secret with characters that JSON escapes is blanked all the same, in a traceback too."""
    set_up_logging("INFO", [SECRET], "json")
    with log_about(session=3, turn=9, server=77):
        try:
            raise RuntimeError(f"the key {SECRET}\nis bad")
        except RuntimeError:
            logging.getLogger("bot.test").exception("failed with %s\nand “more”", SECRET)
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert SECRET not in json.dumps(told, ensure_ascii=False)
    assert json.dumps(SECRET, ensure_ascii=False)[1:-1] not in line
    assert datetime.fromisoformat(told.pop("time")).tzinfo is not None
    error = told.pop("error")
    assert error.startswith("Traceback")
    assert error.endswith("RuntimeError: the key …\nis bad")
    assert told == {
        "level": "ERROR",
        "logger": "bot.test",
        "message": "failed with …\nand “more”",
        "session": 3,
        "turn": 9,
        "server": 77,
    }
