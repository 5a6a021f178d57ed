"""Hard caps: the arithmetic, what people are told, and that no call is made beyond one."""

import asyncio
import logging
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot import metrics
from bot.chat.text.sentences import sentence, with_remedy
from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Turn
from bot.discussion.text.money import billionths
from bot.errors import EndpointDown, UserError
from bot.host.tables_in_words import in_rows
from bot.llm.prices import Prices
from bot.minutes.account import PlaceNames
from bot.ops.tables import StoredTables
from bot.sessions.composing.budget import Budget
from bot.sessions.composing.limits import (
    CALLS_A_TURN,
    USUAL,
    Cap,
    LimitReached,
    Limits,
    check,
    check_day,
    over_the_day,
    seconds_to_next_day,
    tokens_in,
)
from bot.sessions.delivery.minutes import minutes_files
from bot.sessions.delivery.notices import SessionClosed
from bot.sessions.new_session import check_number
from bot.settings import Settings
from bot.store.models import Fault, Post, PostKind, Status
from bot.store.spending import Account, Used, UsedToday
from bot.store.store import Store, open_store
from tests.support.endpoint_stand_in import Answer, Request, overflow, says
from tests.support.samples import GUILD, PLACE, database, stored_session
from tests.support.session_house import HERE, ended, hurry, open_house, until

CLOSED = sentence(SessionClosed())

# Of a thousand tokens two dollars.
DEAR = Prices(*[Decimal(2000)] * 3)
LONG = Dials(pace=0, turns=50)
CAPS = Limits(session_minutes=60, session_tokens=1000, day_tokens=5000, sessions=2, day_tokens_all=9000)
FREE = Limits(0, 0, 0, 0, 0)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


# --- the arithmetic ---


def reached(limits: Limits, /, **state: float) -> Cap | None:
    values: dict[str, Any] = {"minutes": 0, "session_tokens": 0, "server": 0, "all_servers": 0, "need": 100} | state
    today = UsedToday(Used(values.pop("server")), Used(values.pop("all_servers")))
    try:
        check(limits, **{"reserve": 200, **values})
        check_day(limits, today, Used(values["need"]))
    except LimitReached as limit:
        return limit.cap
    return None


@pytest.mark.parametrize(
    ("state", "cap"),
    [
        ({}, None),
        ({"minutes": 59.9}, None),
        ({"minutes": 60}, Cap.MINUTES),
        ({"minutes": 600, "reserve": 0}, None),  # the summary
        ({"session_tokens": 700}, None),
        ({"session_tokens": 701}, Cap.SESSION),
        ({"session_tokens": 900, "reserve": 0}, None),
        ({"session_tokens": 901, "reserve": 0}, Cap.SESSION),
        ({"server": 4900}, None),
        ({"server": 4901}, Cap.DAY),
        ({"all_servers": 8900}, None),
        ({"all_servers": 8901}, Cap.DAY),
        ({"need": 6000, "reserve": 0}, Cap.SESSION),
    ],
)
def test_what_is_over_a_limit(state: dict[str, float], cap: Cap | None) -> None:
    assert reached(CAPS, **state) is cap
    assert reached(FREE, **state) is None


def test_a_sentence_names_limit_value_and_who_can_change_it() -> None:
    with pytest.raises(LimitReached) as minutes:
        check(USUAL, minutes=1440, session_tokens=0, need=0, reserve=1)
    assert str(minutes.value) == (
        "A table may last 24 hours. Whoever hosts the bot can change this (LIMIT_SESSION_MINUTES)."
    )
    with pytest.raises(LimitReached) as tokens:
        check(USUAL, minutes=0, session_tokens=499_000, need=1500, reserve=0)
    assert str(tokens.value) == (
        "A table may use 500,000 tokens and this one has used 499,000: too few are left for one more turn. "
        "Whoever hosts the bot can change this (LIMIT_SESSION_TOKENS)."
    )
    with pytest.raises(LimitReached) as everywhere:
        check_day(USUAL, UsedToday(all_servers=Used(9_999_000)), Used(1500))
    assert str(everywhere.value) == (
        "All the servers I am on may together use 10,000,000 tokens a day (UTC): too few are left for one more turn. "
        "Whoever hosts the bot can change this (LIMIT_DAY_TOKENS_ALL)."
    )


@pytest.mark.parametrize(
    ("used", "need", "is_over"),
    [
        (Used(cost=7), Used(10, 3), False),
        (Used(cost=8), Used(10, 3), True),
        (Used(cost=20), Used(10, 0), False),  # a model that is free
        (Used(cost=9), Used(10, unpriced=10), False),  # nobody knows what the call will cost
        (Used(cost=10), Used(10, unpriced=10), True),
    ],
)
def test_what_a_day_may_cost(used: Used, need: Used, is_over: bool) -> None:
    server, every = Limits(0, 0, 0, 0, 0, day_cost=10), Limits(0, 0, 0, 0, 0, day_cost_all=10)
    assert (over_the_day(server, UsedToday(server=used), need) is not None) is is_over
    assert (over_the_day(every, UsedToday(all_servers=used), need) is not None) is is_over
    assert over_the_day(server, UsedToday(all_servers=Used(cost=99)), need) is None


def test_an_estimate_is_never_too_low() -> None:
    assert [tokens_in(n, 4.0) for n in (0, 1, 4, 5)] == [0, 1, 1, 2]


def test_the_next_day_begins_at_midnight_utc() -> None:
    assert seconds_to_next_day(datetime(2026, 2, 28, 23, 59, 30, tzinfo=UTC)) == 30
    assert seconds_to_next_day(datetime(2026, 2, 28, tzinfo=UTC)) == 24 * 3600


def test_the_settings_are_the_limits() -> None:
    assert Limits.of(Settings(_env_file=None)) == USUAL  # type: ignore[call-arg]
    given = Settings(_env_file=None, limit_session_tokens=0, limit_sessions=3)  # type: ignore[call-arg]
    assert Limits.of(given) == replace(USUAL, session_tokens=0, sessions=3)


# --- the book ---


async def used_on(store: Store, guild_id: int, day: date) -> tuple[int, int]:
    """The tokens of a server, and of all."""
    today = await store.spending.on_day(guild_id, day)
    return today.server.tokens, today.all_servers.tokens


async def test_what_is_used_is_booked_by_session_and_day(store: Store) -> None:
    one = await store.add_session(stored_session(place_id=1), [])
    two = await store.add_session(stored_session(place_id=2), [])
    elsewhere = await store.add_session(stored_session(place_id=3, guild_id=GUILD - 1), [])
    today = datetime(2026, 3, 1, tzinfo=UTC).date()
    for session, day, used in [
        (one, today, Used(100, 900)),
        (one, today, Used(-30, -200)),
        (one, today + timedelta(days=1), Used(5, 0, unpriced=5)),
        (two, today, Used(7)),
        (elsewhere, today, Used(1000, 2**60)),
    ]:
        await store.spending.add(Account.of(session, day), used)
    of_sessions = [await store.spending.of_session(s.id) for s in (one, two, elsewhere)]
    assert of_sessions == [Used(75, 700, unpriced=5), Used(7), Used(1000, 2**60)]
    assert await store.spending.on_day(GUILD, today) == UsedToday(Used(77, 700), Used(1077, 700 + 2**60))
    assert await store.spending.on_day(GUILD, today + timedelta(days=2)) == UsedToday()
    await store.spending.forget_before(today + timedelta(days=1))
    assert await used_on(store, GUILD, today) == (0, 0)
    assert await used_on(store, GUILD, today + timedelta(days=1)) == (5, 5)


async def test_what_an_answer_changed_is_stored_with_the_next_turn(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    today = datetime(2026, 3, 1, tzinfo=UTC).date()
    async with open_store(url, file) as store, open_store(url, file) as another_process:
        session = await store.add_session(stored_session(), [])
        account = Account.of(session, today)
        await store.spending.add(account, Used(100))
        store.spending.accrue(account, Used(20))
        assert await store.spending.of_session(session.id) == Used(120)
        assert await another_process.spending.of_session(session.id) == Used(100)
        await store.add_turn(session.id, session.place_id, Turn(1, "persona", "Aino", "Well."))
        assert await another_process.spending.of_session(session.id) == Used(120)
        assert await store.spending.of_session(session.id) == Used(120)
        assert await used_on(another_process, GUILD, today) == (120, 120)
        store.spending.accrue(account, Used(3))
        await store.aclose()
        assert await another_process.spending.of_session(session.id) == Used(123)


async def test_what_could_not_be_stored_is_still_owed(store: Store) -> None:
    today = datetime(2026, 3, 1, tzinfo=UTC).date()
    session = await store.add_session(stored_session(), [])
    await store.add_turn(session.id, session.place_id, Turn(1, "persona", "Aino", "Well."))
    store.spending.accrue(Account.of(session, today), Used(20))
    with pytest.raises(IntegrityError):  # there is a first turn already
        await store.add_turn(session.id, session.place_id, Turn(1, "persona", "Aino", "Well."))
    assert await store.spending.of_session(session.id) == Used(20)
    await store.spending.add(Account.of(session, today), Used(5))
    assert await store.spending.of_session(session.id) == Used(25)
    assert await used_on(store, GUILD, today) == (25, 25)


async def test_a_call_that_could_not_be_booked_is_not_counted(store: Store) -> None:
    today = datetime(2026, 3, 1, tzinfo=UTC).date()
    unknown = stored_session()  # not in the database, so that its tokens can't be either
    with pytest.raises(IntegrityError):
        await store.spending.add(Account.of(unknown, today), Used(100))
    assert await store.spending.of_session(unknown.id) == Used()
    assert await used_on(store, GUILD, today) == (0, 0)


async def test_a_session_does_not_pay_for_a_deleted_one_of_the_same_number(store: Store) -> None:
    deleted = await store.add_session(stored_session(), [])
    store.spending.accrue(Account.of(deleted, deleted.created_at.date()), Used(20))
    await store.expiry.delete_server(deleted.guild_id)
    later = await store.add_session(stored_session(), [])
    assert later.id == deleted.id
    assert await store.spending.of_session(later.id) == Used()


async def test_what_a_deleted_servers_tables_used_today_still_counts_for_all(store: Store) -> None:
    today = datetime.now(UTC).date()
    for guild, place in ((GUILD, 1), (GUILD - 1, 2), (GUILD - 2, 3)):
        session = await store.add_session(stored_session(place_id=place, guild_id=guild), [])
        await store.spending.add(Account.of(session, today), Used(100))
    assert await used_on(store, GUILD, today) == (100, 300)
    for guild in (GUILD, GUILD - 1):
        await store.expiry.delete_server(guild)
    assert await used_on(store, GUILD, today) == (0, 300)


@pytest.mark.parametrize("limits", [Limits(0, 0, 1000, 0, 0), Limits(0, 0, 0, 0, 1000)], ids=["one", "all"])
async def test_no_two_tables_count_on_the_same_tokens_of_the_day(store: Store, limits: Limits) -> None:
    """What an answer may come to is nobody else's while it is waited for: also that of a call which fails."""
    guilds = (GUILD, GUILD if limits.day_tokens else GUILD - 1)
    sessions = [await store.add_session(stored_session(place_id=n, guild_id=g), []) for n, g in enumerate(guilds, 1)]
    one, two = (Budget(store, session, limits) for session in sessions)
    for fails in (True, False):
        with suppress(EndpointDown):
            async with one.booked(prompt=Used(100), answer=Used(500), reserve=0):
                with pytest.raises(LimitReached):
                    async with two.booked(prompt=Used(100), answer=Used(400), reserve=0):
                        pass
                if fails:
                    raise EndpointDown("It is down.")
    await store.set_status(sessions[0].id, Status.RUNNING)  # anything that is stored of it
    async with two.booked(prompt=Used(100), answer=Used(400), reserve=0):
        pass
    assert await used_on(store, GUILD - 2, datetime.now(UTC).date()) == (0, 300)


async def test_several_processes_share_a_days_tokens(tmp_path: Path) -> None:
    """Of twelve calls from two processes, booked at once, so many are let through as the day has tokens for."""
    url, file = database(tmp_path)
    limits, through = Limits(0, 0, 0, 0, 1000), 0
    async with open_store(url, file) as one, open_store(url, file) as two:
        sessions = [await one.add_session(stored_session(place_id=n, guild_id=n), []) for n in range(1, 13)]
        is_over = asyncio.Event()

        async def call(budget: Budget) -> None:
            nonlocal through
            async with budget.booked(prompt=Used(100), answer=Used(200), reserve=0):
                through += 1
                await is_over.wait()

        calls = [asyncio.create_task(call(Budget((one, two)[s.id % 2], s, limits))) for s in sessions]
        await until(lambda: sum(task.done() for task in calls) + through == len(calls))
        assert through == 3
        is_over.set()
        refused = [task for task in calls if isinstance(await _outcome(task), LimitReached)]
        assert len(refused) == 9


async def _outcome(task: asyncio.Task[None]) -> BaseException | None:
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    return outcome


async def test_what_the_endpoint_tells_is_what_is_counted(store: Store) -> None:
    async with open_house(store) as house:
        house.server.answer = lambda request: says(
            house.server.sentence(), usage={"prompt_tokens": 900, "completion_tokens": 20}
        )
        run = await house.start()
        await ended(run)
        assert (await store.spending.of_session(run.stored.id)).tokens == 4 * 920 == run.status_report().tokens


async def test_a_table_costs_what_its_calls_do(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """In status, minutes, the log, the host's list and the metrics; a call that only the server knows the price of as
    much as that says it has charged."""
    caplog.set_level(logging.INFO, "bot.sessions.lifecycle")
    of_dear = {"endpoint": "dear", "currency": "USD"}
    before = metrics.REGISTRY.get_sample_value("roundtable_endpoint_cost_total", of_dear) or 0
    async with open_house(store, prices=DEAR, settings="ENDPOINT_DEAR") as house:
        usage = {"prompt_tokens": 900, "completion_tokens": 100}
        house.server.enqueue(says("", usage=usage | {"cost": 0.25}))
        house.server.answer = lambda request: says(house.server.sentence(), usage=usage)
        run = await house.start()
        await ended(run)
        assert run.status_report().cost == "$8.25"
        files = await minutes_files(store, run.stored.id, names=PlaceNames(), faces={})
        assert [b"8.25" in data for _, data in files] == [True] * 3
        assert "table ended after 3 turns, 5,000 tokens for $8.25: it has come to its end" in caplog.messages
        (listed,) = await StoredTables(store).listed(with_ended=True)
        assert re.search(r" 5,000  \$8\.25 ", in_rows([listed]))
        counted = metrics.REGISTRY.get_sample_value("roundtable_endpoint_cost_total", of_dear)
        assert counted is not None
        assert counted - before == 8.25
        day = await store.spending.on_day(HERE.guild_id, datetime.now(UTC).date())
        assert (day.server.cost, day.server_awaits) == (billionths(Decimal("8.25")), Used())


async def test_what_has_no_known_price_is_not_told_to_be_free(store: Store) -> None:
    async with open_house(store) as house:
        run = await house.start()
        await ended(run)
        assert run.status_report().tokens > 0
        assert run.status_report().cost == ""
        files = await minutes_files(store, run.stored.id, names=PlaceNames(), faces={})
        assert not any(b"Cost" in data for _, data in files)


async def test_what_the_endpoint_does_not_tell_is_estimated(store: Store) -> None:
    async with open_house(store) as house:
        house.server.answer = lambda request: says(house.server.sentence(), usage={})
        run = await house.start()
        await ended(run)
        ratio = house.endpoint.chars_per_token
        said = [t.raw or "" for t in run.record if t.kind in ("persona", "summary")]
        estimate = sum(tokens_in(len(text), ratio) for text in [*house.server.prompts, *said])
        assert (await store.spending.of_session(run.stored.id)).tokens == estimate


async def test_drafts_that_nobody_saw_are_counted_too(store: Store) -> None:
    async with open_house(store) as house:
        usage = {"prompt_tokens": 900, "completion_tokens": 20}
        house.server.enqueue(says("", usage=usage), says("", usage=usage))
        house.server.answer = lambda request: says(house.server.sentence(), usage=usage)
        run = await house.start()
        await ended(run)
        assert len(house.server.asked) == 5
        assert run.status_report().tokens == 5 * 920


# --- at a table ---


async def test_a_session_limit_ends_the_table_with_a_summary(store: Store) -> None:
    async with open_house(store, replace(USUAL, session_tokens=4000)) as house:
        run = await house.start(LONG)
        await ended(run)
        (notice,) = house.said("⏳")
        assert notice.startswith("⏳ The table comes to its end. A table may use 4,000 tokens and this one has used ")
        assert notice.endswith("Whoever hosts the bot can change this (LIMIT_SESSION_TOKENS).")
        assert 2 < len(run.record.persona_turns()) < 50
        assert [t.kind for t in run.record][-1] == "summary"
        assert house.place.texts[-1] == CLOSED
        assert (await store.spending.of_session(run.stored.id)).tokens <= 4000
        await house.assert_stored(run)


async def test_a_limit_too_small_for_one_turn_closes_the_table_without_a_call(store: Store) -> None:
    async with open_house(store, replace(USUAL, session_tokens=100)) as house:
        run = await house.start()
        await ended(run)
        assert len(house.said("⏳")) == 1
        assert house.server.asked == []
        assert house.place.texts[-1] == CLOSED


async def test_a_table_that_has_lasted_too_long_sums_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house(store, replace(USUAL, session_minutes=90)) as house:
        run = await house.start(Dials(pace=0.3, pace_most=0.3, turns=50))
        await until(lambda: len(run.record.persona_turns()) == 1)
        later = datetime.now(UTC) + timedelta(minutes=91)
        monkeypatch.setattr("bot.sessions.composing.budget.now", lambda: later)
        await ended(run)
        assert house.said("⏳ The table comes to its end. A table may last 90 minutes.")
        assert [t.kind for t in run.record][-1] == "summary"
        assert len(run.record.persona_turns()) < 50


OF_THE_DAY = [
    (Limits(0, 0, 1500, 0, 0), "This server may use 1,500 tokens a day (UTC) and has used ", "LIMIT_DAY_TOKENS"),
    (
        Limits(0, 0, 0, 0, 1500),
        "All the servers I am on may together use 1,500 tokens a day (UTC): too few",
        "LIMIT_DAY_TOKENS_ALL",
    ),
    (
        Limits(0, 0, 0, 0, 0, day_cost=billionths(Decimal(3))),
        "This server may cost $3.00 a day (UTC) and has cost $",
        "LIMIT_DAY_COST",
    ),
    (
        Limits(0, 0, 0, 0, 0, day_cost_all=billionths(Decimal(3)), currency="CHF"),
        "All the servers I am on may together cost 3.00 CHF a day (UTC): too little",
        "LIMIT_DAY_COST_ALL",
    ),
]


@pytest.mark.parametrize(("limits", "why", "setting"), OF_THE_DAY, ids=[row[2] for row in OF_THE_DAY])
async def test_the_limit_of_the_day_pauses_until_the_next(
    store: Store, monkeypatch: pytest.MonkeyPatch, limits: Limits, why: str, setting: str
) -> None:
    today = datetime.now(UTC)
    async with open_house(store, limits, prices=DEAR) as house:
        run = await house.start(LONG)
        await until(lambda: bool(house.said("⏸")))
        assert run.fault is Fault.LIMIT
        (notice,) = house.said("⏸")
        assert why in notice
        assert f"({setting}).\nNothing is lost: it goes on by itself after midnight UTC." in notice
        assert (await used_on(store, HERE.guild_id, today.date()))[1] <= 1500
        spoken = len(run.record.persona_turns())
        asked = len(house.server.asked)
        await house.supervisor.resume(PLACE)  # a person who tries at once makes no call
        await until(lambda: run.status is Status.PAUSED)
        assert len(house.server.asked) == asked
        for module in ("composing.budget", "resilience.recovery"):
            monkeypatch.setattr(f"bot.sessions.{module}.now", lambda: today + timedelta(days=1))
        await until(lambda: len(run.record.persona_turns()) > spoken)
        assert house.said("▶") == ["▶ The table goes on: a new day has begun, and what it may use is counted anew."]


async def test_too_many_tables_on_one_server_are_refused(store: Store) -> None:
    async with open_house(store, replace(USUAL, sessions=2)) as house:
        places = [replace(HERE, place_id=PLACE - n, channel_id=PLACE - n) for n in range(3)]
        first = await house.start(Dials(pace=60), where=places[0])
        await house.start(Dials(pace=60), where=places[1])
        with pytest.raises(UserError) as refused:
            await house.start(where=places[2])
        assert "There are 2 open tables on this server, as many as it may have." in str(refused.value)
        assert with_remedy(refused.value).endswith("whoever hosts the bot can allow more (LIMIT_SESSIONS).")
        await house.start(where=replace(places[2], guild_id=99))
        await house.supervisor.stop(places[0].place_id)
        assert first.status is Status.ENDED
        await house.start(Dials(pace=60), where=replace(places[2], place_id=5, channel_id=5))


async def test_of_several_processes_one_opens_the_last_table(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    async with open_store(url, file) as one, open_store(url, file) as two:

        async def opened(store: Store, place_id: int) -> bool:
            stored = stored_session(place_id=place_id)
            try:
                await store.add_session(stored, [], check=lambda are_open: check_number(are_open, 3, None))
            except UserError:
                return False
            return True

        are_open = await asyncio.gather(*(opened((one, two)[n % 2], n) for n in range(1, 11)))
        assert sum(are_open) == 3
        assert await two.open_tables(GUILD) == 3


async def test_no_turn_takes_more_than_three_calls(store: Store) -> None:
    turns: dict[str, int] = {}

    def worst(request: Request) -> Answer:
        turn = request.prompt.partition(" turns are left")[0][-2:]
        turns[turn] = turns.get(turn, 0) + 1
        return overflow() if turns[turn] == 1 and len(turns) > 1 else says("")

    async with open_house(store) as house:
        house.server.enqueue("The first of all turns.", "And here comes the second one.")
        house.server.answer = worst
        run = await house.start(Dials(pace=0, turns=20))
        await until(lambda: run.status is Status.PAUSED and run.fault is not Fault.ENDPOINT)
        assert max(turns.values()) <= CALLS_A_TURN


async def test_a_notice_is_a_post_like_any_other(store: Store) -> None:
    """It is queued behind what is on its way, so that nothing is cut in the middle."""
    async with open_house(store, replace(USUAL, session_tokens=4000)) as house:
        run = await house.start(LONG)
        await ended(run)
        posts: list[Post] = await store.posts.of_session(run.stored.id)
        (at,) = [n for n, post in enumerate(posts) if post.content.startswith("⏳")]
        turns = [post.turn_seq for post in posts if post.kind is PostKind.TURN]
        assert turns == sorted(turns, key=lambda seq: seq or 0)
        assert posts[at - 1].turn_seq == run.record.persona_turns()[-1].seq
