"""Refusals that pause a table instead of burning it: what Discord answers, what members read, what is shown later."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.chat.posting.webhooks import WEBHOOK_NAME
from bot.chat.rules.api_errors import MEANINGS, explain
from bot.chat.rules.permissions import NOT_IN_THREAD
from bot.sessions.delivery.stage import OutcomeUnknown, PostRejected, RejectReason
from bot.sessions.resilience import recovery
from bot.store.models import PostKind, PostStatus, Status
from tests.support.discord_stand_in import Fault
from tests.support.rest_house import FIRST, SECOND, RestHouse

BLOCKED, PASSING, WITHHELD = RejectReason.BLOCKED, RejectReason.PASSING, RejectReason.WITHHELD

# status, code -> what it is to a table, and words of what is told.
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
ANSWERS: dict[tuple[int, int], tuple[RejectReason, str]] = {
    (404, 10003): (RejectReason.PLACE_GONE, "gone"),
    (404, 10004): (BLOCKED, "invite me again"),
    (404, 10015): (RejectReason.WEBHOOK_GONE, "deleted"),
    (403, 20009): (WITHHELD, "filter"),
    (400, 20016): (PASSING, "passes by itself"),
    (400, 20028): (PASSING, "passes by itself"),
    (400, 20029): (PASSING, "passes by itself"),
    (400, 30007): (BLOCKED, "Channel settings → Integrations"),
    (400, 30033): (BLOCKED, "1,000"),
    (400, 30058): (BLOCKED, "Server settings → Integrations"),
    (401, 40001): (BLOCKED, "DISCORD_TOKEN"),
    (403, 40002): (BLOCKED, "account that owns me"),
    (400, 40004): (PASSING, "passes by itself"),
    (403, 40006): (PASSING, "passes by itself"),
    (403, 40007): (BLOCKED, "banned"),
    (400, 40058): (BLOCKED, "text channel or a thread"),
    (400, 40062): (PASSING, "passes by itself"),
    (403, 40333): (PASSING, "passes by itself"),
    (403, 50001): (BLOCKED, "**Embed Links**"),
    (400, 50008): (BLOCKED, "text channel or a thread"),
    (403, 50009): (BLOCKED, "verification level"),
    (403, 50013): (BLOCKED, "**Embed Links**"),
    (401, 50014): (BLOCKED, "DISCORD_TOKEN"),
    (400, 50024): (BLOCKED, "text channel or a thread"),
    (401, 50027): (RejectReason.WEBHOOK_GONE, "deleted"),
    (400, 50083): (RejectReason.ASLEEP, "unarchive"),
    (403, 50095): (BLOCKED, "where I am hosted"),
    (403, 50178): (BLOCKED, "account that owns me"),
    (403, 60003): (BLOCKED, "two-factor authentication"),
    (403, 110000): (PASSING, "passes by itself"),
    (403, 110001): (PASSING, "passes by itself"),
    (403, 130000): (PASSING, "passes by itself"),
    (400, 160005): (BLOCKED, "unlock"),
    (400, 160006): (BLOCKED, "archive another"),
    (400, 160007): (BLOCKED, "archive another"),
    (400, 200000): (WITHHELD, "filter"),
    (400, 220001): (BLOCKED, "text channel or a thread"),
    (400, 220002): (BLOCKED, "text channel or a thread"),
    (400, 220003): (BLOCKED, "text channel or a thread"),
    (400, 220004): (BLOCKED, "text channel or a thread"),
    (400, 240000): (WITHHELD, "filter"),
    (400, 400001): (PASSING, "passes by itself"),
    # A page before Discord, which gives no code; and what stands in no table.
    (403, 0): (BLOCKED, "HTTP 403"),
    (400, 0): (RejectReason.OTHER, "HTTP 400, code 0"),
    (400, 50035): (RejectReason.OTHER, "HTTP 400, code 50035"),
    (418, 999999): (RejectReason.OTHER, "HTTP 418, code 999999"),
}


def answer(status: int, code: int, message: str = "") -> discord.HTTPException:
    """What the library raises for this answer."""
    response = cast(Any, SimpleNamespace(status=status, reason=""))
    return discord.HTTPException(response, {"code": code, "message": message})


def test_what_discord_s_refusals_mean() -> None:
    for (status, code), (reason, words) in ANSWERS.items():
        meaning = explain(answer(status, code), ["Embed Links"], in_thread=True)
        assert isinstance(meaning, PostRejected), code
        assert meaning.reason is reason, code
        assert words in meaning.sentence, code
    assert set(MEANINGS) <= {code for _, code in ANSWERS}
    # Where no permission is missing, it is a private thread.
    shut_out = explain(answer(403, 50001), [], in_thread=True)
    assert isinstance(shut_out, PostRejected)
    assert shut_out.sentence == NOT_IN_THREAD
    # Nobody knows then whether the message is there.
    assert all(isinstance(explain(answer(status, 130000), []), OutcomeUnknown) for status in (408, 429, 500, 503))


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "PLACE_NAP", 0.02)


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize(("status", "code"), [(403, 60003), (403, 40333), (400, 160006)])
async def test_what_discord_refuses_pauses_and_goes_on_by_itself(table: RestHouse, status: int, code: int) -> None:
    session, gate = await table.between_turns()
    refusal = Fault.refused(status, code, "No")
    table.server.faults.next("POST", "/webhooks/", refusal, times=3, content=SECOND)
    gate.set()
    (told,) = await table.world.wait_for_messages("general", 1, containing="⏸ The table is paused.")
    assert ANSWERS[status, code][1] in told.content
    await table.until_ended()
    assert table.turns()[:2] == [FIRST, SECOND]
    assert len(table.llm.prompts) == 3  # and the summary
    assert [p.status for p in await table.posts(session)] == [PostStatus.POSTED] * len(await table.posts(session))


async def test_two_refusals_that_nobody_knows_pause_and_both_turns_are_shown_later(table: RestHouse) -> None:
    table.llm.enqueue(FIRST, SECOND)
    refusing = Fault.refused(400, 999999, "New rule")
    hook = table.world.add_webhook("general", WEBHOOK_NAME, by=table.world.bot)
    table.server.faults.next("POST", f"/webhooks/{hook.id}/", refusing, times=1000)
    session = await table.start(turns=6)
    paused = await table.until_status(session, Status.PAUSED)
    assert "HTTP 400, code 999999" in (paused.reason or "")
    assert len(table.llm.prompts) == 2
    assert table.turns() == []
    table.server.faults.planned.clear()
    assert await table.command("resume") == "Resumed."
    await table.until_ended()
    assert table.turns()[:2] == [FIRST, SECOND]


async def test_an_opening_that_is_refused_is_told_to_the_convener(table: RestHouse) -> None:
    refusing = Fault.refused(400, 999999, "New rule")
    table.server.faults.next("POST", f"/channels/{table.world.general.id}/messages", refusing, times=1000)
    session = await table.start()
    await table.until_status(session, Status.PAUSED)
    (told,) = await table.world.wait_for_messages(table.world.direct_messages("Mira"), 1)
    assert "HTTP 400, code 999999" in told.content
    assert table.llm.prompts == []
    table.server.faults.planned.clear()
    await table.command("resume")
    await table.until_ended()
    (lost,) = [m.content for m in table.shown() if "could not be shown" in m.content]
    assert lost.startswith("-# The opening card could not be shown.")
    kinds = [p.kind for p in await table.posts(session) if p.status is PostStatus.UNEXPLAINED]
    assert kinds == [PostKind.CARD]


async def test_a_webhook_that_start_is_refused_opens_no_table(table: RestHouse) -> None:
    hooks = f"/channels/{table.world.general.id}/webhooks"
    table.world.two_factor_missing = True
    assert "two-factor authentication of moderators" in await table.command("start")
    table.world.two_factor_missing = False
    # More than once: aiohttp itself asks a second time.
    table.server.faults.next("GET", hooks, Fault.reset_before_storing(), times=2)
    assert "so no table was opened. Try again" in await table.command("start")
    table.server.faults.next("POST", hooks, Fault.refused(400, 999999, "New rule"))
    assert "HTTP 400, code 999999" in await table.command("start")
    for number in range(15):
        table.world.add_webhook("general", f"feed {number}")
    assert "as many webhooks as Discord allows (15)" in await table.command("start")
    assert table.world.channel_history("general") == []
    assert await table.store.unfinished_sessions() == []
    assert table.llm.prompts == []
    table.world.delete_webhook("feed 3")
    await table.start()
    await table.until_ended()


async def test_a_thread_that_only_moderators_wake_is_said_to_be_asleep(table: RestHouse) -> None:
    thread = table.world.add_thread("general", "ovens")
    table.world.messages_wake = False
    session, gate = await table.between_turns(thread)
    table.world.set_thread(thread, archived=True)
    table.server.faults.next("PATCH", f"/channels/{thread.id}", Fault.refused(403, 50013, "Missing Permissions"))
    gate.set()
    paused = await table.until_status(session, Status.PAUSED)
    assert paused.reason == MEANINGS[50083].sentence
