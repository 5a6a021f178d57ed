"""What personas at a council answer, and where its votes stand."""

import asyncio
import re

from bot.discussion.model.polls import Poll, polls
from tests.support.endpoint_stand_in import Answer, Request, says
from tests.support.session_house import until
from tests.support.session_table import NAMES, SessionTable

YES_NO = ("yes", "no", "it depends")
KIM = 77


def speaker(prompt: str) -> str:
    return re.split(r"[:'\n]", prompt.rstrip().rstrip(":").rsplit("\n", 1)[-1])[0]


def is_position(prompt: str) -> bool:
    return "writes down a" in prompt


def is_ballot(prompt: str) -> bool:
    return "A secret ballot is held" in prompt


def said_in_private(name: str) -> str:
    return f"The plan of {name} is to lend tools for {len(name)} days."


def letter_of(prompt: str, option: str) -> str:
    """By which letter this prompt names an option that begins so."""
    found = re.search(rf"([A-J])\) {re.escape(option)}", prompt)
    assert found, prompt[-800:]
    return found[1]


def answer(request: Request) -> Answer:
    """Everybody makes a proposal, and puts Aino's first; but Ravi his own."""
    prompt = request.prompt
    name = speaker(prompt)
    if is_position(prompt):
        choice = f"\nChoice: {letter_of(prompt, 'yes')}" if "options are" in prompt else ""
        return says(f"{said_in_private(name)}{choice}")
    if is_ballot(prompt) and "in order" not in prompt:
        return says(letter_of(prompt, "no" if name == "Ravi" else "yes"))
    if is_ballot(prompt):
        first = letter_of(prompt, f"The plan of {'Ravi' if name == 'Ravi' else 'Aino'}")
        return says(" > ".join([first, *(letter for letter in "ABC" if letter != first)]))
    if "summary" in prompt.rsplit("(A note", 1)[-1]:
        return says(f"We talked, and the vote was for this. {said_in_private('Aino')} And yes, that is it.")
    return says(f"At {len(prompt)} I, {name}, hold to what I wrote, number {len(prompt) * 7}.")


def kinds(table: SessionTable) -> list[str]:
    return [turn.kind for turn in table.run.record]


def last_poll(table: SessionTable) -> Poll:
    return polls(table.run.record)[-1]


async def until_vote(table: SessionTable) -> tuple[asyncio.Task[None], int]:
    """Have the table come to its vote, with every persona's ballot in. Out: its loop, and the poll's number."""
    loop = asyncio.create_task(table.run.take_turns())
    await until(lambda: kinds(table).count("ballot") == len(NAMES))
    return loop, last_poll(table).seq
