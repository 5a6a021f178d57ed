"""Compares what guests said and asked with the turns that it became: each is one, with their words and name."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tests.chaos.findings import Findings
from tests.chaos.stored_tables import StoredTable, of_what

# https://discord.com/developers/docs/reference#snowflakes
DISCORD_EPOCH: Final = 1_420_070_400_000
# Who writes as a guest.
GUEST_NAME: Final = "Otso"
# So close to a table's beginning or end it can't be told from outside whether the table was open, in seconds.
DOUBTFUL: Final = 0.5


@dataclass(frozen=True)
class GuestSaid:
    """What a guest wrote: the message's id, its place, its text and the name above it. `by_command`: the id is that of
    the command."""

    id: int
    place_id: int
    text: str
    name: str = GUEST_NAME
    by_command: bool = False


@dataclass(frozen=True)
class QuestionPutBy:
    """A question that somebody put to a table by command. `id`: that of the interaction."""

    id: int
    place_id: int
    text: str


def promised(interactions: Iterable[Mapping[str, Any]]) -> set[int]:
    """The ids of those with which something was said or asked, and whoever did was told that it was taken in."""
    # Nothing is left of the answer to what everybody sees.
    return {
        each["id"]
        for each in interactions
        if any(answer["kind"] == "delete" for answer in each["answers"])
        or "On the table now: " in json.dumps([each["messages"], each["answers"]], default=str)
    }


def check_commands(table: StoredTable, said: list[GuestSaid], promised: Collection[int], found: Findings) -> None:
    """What was said by command is a turn and shown, or neither; that it is shown `compare` has seen to."""
    for guest in said:
        name = f"session {table.session['id']}: command {guest.id}"
        of_it = [turn for turn in table.turns if turn["message_id"] == guest.id]
        if not of_it and guest.id in promised:
            found.guests_lost.append(f"{name} is no turn, though its author was told so")
        if len(of_it) > 1 or sum(guest.text == turn["text"] for turn in table.turns) > 1:
            found.guests_doubled.append(f"{name} is several turns")
        for turn in of_it:
            if (turn["text"], turn["speaker"]) != (guest.text, guest.name):
                found.texts_differ.append(f"{name}: its turn says otherwise, or by another name")
            if not any(p["kind"] == "words" and p["turn_seq"] == turn["seq"] for p in table.posts):
                found.own_missing.append(f"{name} has no post")


def check_put(table: StoredTable, put: Collection[QuestionPutBy], promised: Collection[int], found: Findings) -> None:
    """A question that was put by command is one turn that the place is told of, or none if nobody was told so."""
    for question in put:
        name = f"session {table.session['id']}: question {question.id}"
        of_it = [turn for turn, told in of_what(table.turns, "question_put") if told["question"] == question.text]
        if not of_it and question.id in promised:
            found.guests_lost.append(f"{name} {question.text!r} is no turn, though who put it was told so")
        if len(of_it) > 1:
            found.guests_doubled.append(f"{name} is {len(of_it)} turns")
        if any(not any(post["turn_seq"] == turn["seq"] for post in table.posts) for turn in of_it):
            found.own_missing.append(f"{name} has no post")


def check_guests(table: StoredTable, guests: list[GuestSaid], found: Findings) -> None:
    turns = [turn for turn in table.turns if turn["kind"] == "guest"]
    opened, ended = seconds(table.session["created_at"]), seconds(table.session["ended_at"])
    for guest in guests:
        name = f"session {table.session['id']}: message {guest.id}"
        of_it = [turn for turn in turns if turn["message_id"] == guest.id]
        at = sent_at(guest.id)
        is_open = opened is not None and ended is not None and opened + DOUBTFUL < at < ended - DOUBTFUL
        if not of_it and is_open and not _was_closed(table, at):
            found.guests_lost.append(f"{name} {guest.text!r} is no turn")
        # Also by the message that an application has posted again, with its tags.
        with_words = [turn for turn in turns if guest.text in turn["text"]]
        if max(len(of_it), len(with_words)) > 1:
            found.guests_doubled.append(f"{name} is {max(len(of_it), len(with_words))} turns")
        if any((turn["text"], turn["speaker"]) != (guest.text, guest.name) for turn in of_it):
            found.texts_differ.append(f"{name}: its turn says otherwise, or by another name")


def _was_closed(table: StoredTable, at: float) -> bool:
    """Whether a table that went on after its end was closed then: what is written meanwhile is not for it."""
    listens_from = table.session["listen_from"]
    first = min((seconds(post["created_at"]) or 0 for post in table.posts if post["kind"] == "minutes"), default=0)
    return listens_from is not None and first - DOUBTFUL < at < sent_at(listens_from) + DOUBTFUL


def sent_at(message_id: int) -> float:
    return ((message_id >> 22) + DISCORD_EPOCH) / 1000


def seconds(stored: str | None) -> float | None:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp() if stored else None
