"""The minutes of a stored session, in every form, made of what the database and the place tell now."""

from collections.abc import Mapping

from bot.discussion.model.polls import poll_of
from bot.discussion.model.record import Record
from bot.discussion.text.money import Expense
from bot.minutes.account import Minutes, MinutesFacts, PlaceNames, VoteTally, account
from bot.minutes.as_html import as_html
from bot.minutes.as_jsonl import as_jsonl
from bot.minutes.as_markdown import as_markdown
from bot.minutes.file_names import file_name
from bot.store.models import Status, StoredSession
from bot.store.schema import now
from bot.store.store import Store
from bot.store.vote_table import Tallies


def told_of(
    stored: StoredSession, record: Record, names: PlaceNames, tallies: Tallies, *, cost: Expense, is_over: bool
) -> Minutes:
    """What the minutes tell. `is_over`: the session has ended, or is about to. `tallies`: open votes among them, and
    those of its format, which the record tells itself once they are closed."""
    votes = tuple(
        VoteTally(seq, tuple(counts.items())) for seq, counts in tallies.items() if poll_of(record, seq) is None
    )
    facts = MinutesFacts(
        began=stored.created_at,
        until=stored.ended_at or now(),
        is_open=not is_over,
        reason=stored.reason if stored.status is Status.ENDED else None,
        names=names,
        votes=votes,
        cost=cost,
    )
    return account(stored.session, record, facts)


async def minutes_files(
    store: Store, session_id: int, *, names: PlaceNames, faces: Mapping[str, bytes]
) -> list[tuple[str, bytes]]:
    """The Markdown, the JSON lines and the page of a session, each with its name; empty if it is there no more.

    `faces`: the pictures of personas, by name. An open vote is left out: its tally is told once it closes.
    """
    stored = await store.session(session_id)
    if stored is None:
        return []
    tallies = await store.votes.tallies(session_id)
    tallies.pop(await store.votes.open_vote(session_id) or 0, None)
    record = await store.record(session_id)
    cost = await store.spending.cost_of(session_id)
    minutes = told_of(stored, record, names, tallies, cost=cost, is_over=stored.status is Status.ENDED)
    forms = (("md", as_markdown(minutes)), ("html", as_html(minutes, faces)), ("jsonl", as_jsonl(minutes)))
    return [(file_name(minutes.title, minutes.facts.until, ending), _bytes(text)) for ending, text in forms]


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")
