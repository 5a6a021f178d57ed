"""Minutes as JSON lines: one object for the session, then one a turn. `roundtable discuss --jsonl` writes the same."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import Poll
from bot.discussion.model.record import Session, Turn
from bot.discussion.text.money import BILLION, Expense
from bot.minutes.account import Minutes, MinutesEntry
from bot.minutes.decisions import decision_object


def session_object(
    session: Session, *, more_of: Callable[[Persona], dict[str, Any]] = lambda persona: {}
) -> dict[str, Any]:
    """What a discussion began with. It is a turn by nobody that says nothing, so that who reads turns only need not
    know of it. `more_of` tells more of each persona."""
    return {
        "seq": 0,
        "kind": "session",
        "speaker": None,
        "text": "",
        "title": session.task.name,
        "cast": [{"name": p.name, "full_name": p.full_name, "intro": p.intro} | more_of(p) for p in session.cast],
        "context": session.task.context,
        "questions": session.task.questions,
        "dials": session.dials.model_dump(),
        "seed": session.seed,
    }


def turn_object(session: Session, turn: Turn, poll: Poll | None) -> dict[str, Any]:
    """A turn, without what only its prompt and its model's server know of. `poll`: of a ballot or a result."""
    return {
        "seq": turn.seq,
        "kind": turn.kind,
        "speaker": turn.speaker,
        "text": turn.text,
        "question": turn.question,
        "addressed": turn.addressed,
    } | decision_object(session, turn, poll)


def as_jsonl(minutes: Minutes) -> str:
    """One JSON object a line: what was shown, and neither ids nor what models answered before it was cleaned."""
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in _lines(minutes))


def _lines(minutes: Minutes) -> Iterator[dict[str, Any]]:
    facts = minutes.facts
    tallies = [{"question": tally.question_seq, "votes": dict(tally.votes)} for tally in facts.votes]
    # Whoever joined later is one of the cast, too.
    yield session_object(replace(minutes.session, cast=minutes.cast)) | {
        "began": facts.began.isoformat(),
        "ended": None if facts.is_open else facts.until.isoformat(),
        "ending": minutes.ending,
        "server": facts.names.server,
        "channel": facts.names.channel,
        "convener": facts.names.convener,
        "guests": minutes.guests,
        "votes": tallies,
        "cost": _cost_object(facts.cost),
    }
    for said in sorted(_shown(minutes), key=lambda said: said.turn.seq):
        told = turn_object(minutes.session, said.turn, said.poll)
        yield told | {"speaker": said.speaker, "text": said.text}


def _cost_object(cost: Expense | None) -> dict[str, Any] | None:
    if cost is None or not cost.is_known:
        return None
    return {"amount": cost.billionths / BILLION, "currency": cost.currency, "tokens_without_a_price": cost.unpriced}


def _shown(minutes: Minutes) -> Iterator[MinutesEntry]:
    if minutes.summary:
        yield minutes.summary
    for section in minutes.sections:
        if section.put:
            yield section.put
        yield from section.entries
