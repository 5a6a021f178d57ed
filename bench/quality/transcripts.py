"""Transcripts as `roundtable discuss --jsonl` writes them, read for the measurements of what was said."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.discussion.model.names import addressed
from bot.discussion.model.persona import Persona


class Unreadable(Exception):
    """A file is no transcript; the message says why and what to do, for a person."""


@dataclass(frozen=True, slots=True)
class Said:
    """A persona's turn. `text` is empty for a pass; `raw` is what the model wrote, None if that was not kept."""

    speaker: str
    text: str
    raw: str | None = None
    question: str | None = None
    addressed: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The personas' turns of a discussion. Without a session's line in the file the cast is whoever spoke, without
    cards, and `frame` and `questions` are empty.

    `frame` is what stood in the prompts but was said by nobody: cards, context, rules, questions.
    """

    turns: tuple[Said, ...]
    cast: tuple[Persona, ...]
    frame: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    rules: str = ""

    @property
    def spoken(self) -> list[Said]:
        """The turns that came to something."""
        return [turn for turn in self.turns if turn.text]


def read_transcript(file: Path) -> Transcript:
    """One file. Raises Unreadable."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Unreadable(f"{file} can't be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{file} is not UTF-8. Give a file that `roundtable discuss --jsonl` wrote.") from None
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise Unreadable(f"{file}, line {number}, is not a JSON object. Give a file with one object a turn.")
        rows.append(row)
    transcript = transcript_of(rows)
    if not transcript.spoken:
        raise Unreadable(f"{file} holds no persona's turn with a text. Hold the discussion first.")
    return transcript


def transcript_of(rows: list[dict[str, Any]]) -> Transcript:
    """The transcript in rows of such a file. A row without a kind is taken for a persona's turn."""
    head = next((row for row in rows if row.get("kind") == "session"), {})
    said = [row for row in rows if row.get("kind", "persona") == "persona" and row.get("speaker")]
    cast = tuple(_persona(p["name"], p.get("full_name"), p.get("card")) for p in head.get("cast") or ())
    cast = cast or tuple(_persona(name) for name in dict.fromkeys(str(row["speaker"]) for row in said))
    questions = tuple(head.get("questions") or ())
    frame = (head.get("context"), head.get("rules"), *questions) if head else ()
    cards = (text for p in head.get("cast") or () for text in (p.get("card"), p.get("intro")))
    return Transcript(
        turns=tuple(_said(row, cast) for row in said),
        cast=cast,
        frame=tuple(text for text in (*frame, *cards) if text),
        questions=questions,
        rules=head.get("rules") or "",
    )


def _persona(name: str, full_name: str | None = None, card: str | None = None) -> Persona:
    return Persona.model_construct(name=name, full_name=full_name or name, prompt=card or "")


def _said(row: dict[str, Any], cast: tuple[Persona, ...]) -> Said:
    speaker, text = str(row["speaker"]), row.get("text") or ""
    to = row["addressed"] if "addressed" in row else addressed(text, cast, speaker=speaker)
    return Said(speaker, text, row.get("raw"), row.get("question"), to)
