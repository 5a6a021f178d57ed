"""Minutes as a Markdown text that people can keep: the summary, what table it was, the contents, the discussion."""

import unicodedata
from collections import Counter
from typing import Final

from bot.discussion.model.poll_words import ballots, tally, votes_for
from bot.discussion.model.polls import Poll, letter
from bot.discussion.model.task import SUMMARY_SIGNS
from bot.discussion.text.folding import one_line
from bot.discussion.text.plain_markdown import entry, heading, plain_name, quotation
from bot.minutes.account import Minutes, MinutesEntry, headings

# Without the character that asks for colour: it may be missing.
_SIGNS: Final = tuple(sign.rstrip("\ufe0f") for sign in SUMMARY_SIGNS)


# Where what belongs to a vote begins and ends, by its label.
_HEADINGS: Final = {"Position": "Positions before the discussion", "": "Discussion"}


def as_markdown(minutes: Minutes) -> str:
    """The whole discussion as it was shown, with questions as headings.

    Nothing that anybody said or is called makes a heading, another's entry or a link that hides its address.
    """
    above = [f"Minutes: {minutes.title}"]
    parts = [heading(1, above[0])]
    if minutes.summary:
        above.append(minutes.summary_heading)
        parts += [heading(2, minutes.summary_heading), _said(minutes.summary)]
    parts.append(_front(minutes, above))
    parts.append(quotation(minutes.session.task.context))
    for section in minutes.sections:
        if section.heading is not None:
            parts.append(heading(2, section.heading))
        label = ""
        for said in section.entries:
            if said.turn.kind in ("moderator", "ballot"):  # ballots stand with their result
                continue
            if said.label != label and (head := _HEADINGS.get(said.label, said.label)):
                parts.append(heading(3, head))
            label = said.label
            if said.poll:
                parts.append(_result(said, said.poll))
                continue
            if said.turn.kind == "summary":
                parts.append(heading(3, "Summed up so far"))
            parts.append(_said(said))
        if section.votes:
            parts.append(heading(3, "Who convinced you?"))
            parts.append("\n".join(f"- {plain_name(name)}: {votes}" for name, votes in section.votes))
    return "\n\n".join(part for part in parts if part) + "\n"


def anchor(text: str, seen: Counter[str]) -> str:
    """Where GitHub and most others put the heading `text`, after those that were `seen`, to which it is added."""
    # https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
    kept = [c for c in one_line(text).lower() if c in " -_" or unicodedata.category(c)[0] in "LMN"]
    plain = "".join(kept).replace(" ", "-")
    seen[plain] += 1
    return plain if seen[plain] == 1 else f"{plain}-{seen[plain] - 1}"


def _front(minutes: Minutes, above: list[str]) -> str:
    """What table it was, and its questions with links to their headings; `above`: the headings before those."""
    lines = [f"- {label}: {_readable(plain_name(text))}" for label, text in minutes.details]
    if asked := headings(minutes):
        seen = Counter[str]()
        for earlier in above:
            anchor(earlier, seen)
        lines.append("- Contents:")
        lines += [f"  {n}. [{plain_name(q)}](#{anchor(q, seen)})" for n, q in enumerate(asked, 1)]
    return "\n".join(lines)


def _readable(detail: str) -> str:
    """Behind its label a # begins nothing, and whoever reads the file as it is finds channels by it."""
    return detail.replace(r"\#", "#")


def _result(said: MinutesEntry, poll: Poll) -> str:
    """What came of a vote, and how each persona voted."""
    options = [f"{letter(n)}) {one_line(option)}: {votes_for(poll, n)}" for n, option in enumerate(poll.options)]
    told = [line for line in said.text.splitlines() if line not in tally(poll)]
    voted = [f"{name}: {ballot}" for name, ballot in ballots(poll)]
    return "\n".join(f"- {plain_name(line)}" for line in [*told[:1], *options, *told[1:], *voted])


def _said(said: MinutesEntry) -> str:
    if said.turn.kind == "position":
        return entry(said.name, ": ".join(filter(None, [said.choice, said.text])) or "no position")
    return entry(said.name, said.text, guest=said.is_guest, signs=_SIGNS if said.turn.kind == "summary" else ())
