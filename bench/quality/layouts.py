"""Layouts and wordings of the prompt compared on a real small model: what they cost, and what is said with them.

    python -m bench.quality.layouts --seeds 5 --keep talks       holds what is not yet in `talks`, then prints the table
    python -m bench.quality.layouts --seeds 5 --keep talks --only product --only cues

Every variant (bench/quality/wordings.py) holds the same discussions: the same tasks, personas, moderator, stop strings,
clean-up, second try and sampling seeds, on one slot of one server. The tasks go round with the seeds. A discussion
takes about half a minute on one core of its own; `--keep` makes a table of many a thing to go on with.

reused, prefill   the share of prompt tokens that the server knew, and those it had to read, a turn (without the first)
tokens            of the last prompt, which is how much of a window 10 turns take
cpu               milliseconds a call takes in the client
the others        as in `python -m bench.quality`, the mean over the discussions; told apart is over all their turns
"""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import openai

from bench.columns import write_json
from bench.model import MODEL, NoModel, running_model
from bench.quality.__main__ import mean
from bench.quality.dialogue import Chat, Talk, hold
from bench.quality.metrics import Gram, Value, frame_of, in_own_words, measure, names_in, separability
from bench.quality.talks import add_arguments, table
from bench.quality.transcripts import Transcript, Unreadable, read_transcript
from bench.quality.wordings import VARIANTS
from bot.discuss import session_as_json, turn_as_json
from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record, Session
from bot.discussion.prompts.prompt import Cue
from bot.errors import RoundtableError
from bot.library.catalogue import Catalogue, open_catalogue
from bot.settings import shipped

COLUMNS: Final = (
    ("talks", "talks", "{:.0f}"),
    ("reused", "reused", "{:.2f}"),
    ("prefill", "prefill", "{:.0f}"),
    ("tokens", "tokens", "{:.0f}"),
    ("cpu", "cpu", "{:.1f}"),
    ("words", "words", "{:.0f}"),
    ("passes", "passes", "{:.2f}"),
    ("recital", "recital", "{:.2f}"),
    ("prompt's", "from_prompt", "{:.2f}"),
    ("own raw", "own_tag_raw", "{:.2f}"),
    ("own", "own_tag", "{:.2f}"),
    ("others raw", "for_others_raw", "{:.2f}"),
    ("others", "for_others", "{:.2f}"),
    ("leaks raw", "leaks_raw", "{:.2f}"),
    ("leaks", "leaks", "{:.2f}"),
    ("novelty", "novelty", "{:.2f}"),
    ("agrees", "agrees", "{:.2f}"),
    ("apart", "told_apart", "{:.2f}"),
    ("own words", "told_apart_own_words", "{:.2f}"),
    ("chance", "told_by_chance", "{:.2f}"),
)


def file_of(folder: Path, variant: str, seed: int) -> Path:
    slug = re.sub(r"[^a-z]+", "-", variant.lower()).strip("-")
    return folder / f"{slug}-{seed}.jsonl"


def session_of(catalogue: Catalogue, cast: str, seed: int, turns: int) -> Session:
    task = catalogue.tasks[seed % len(catalogue.tasks)]
    return Session(task, catalogue.cast(cast), Dials(turns=turns, pace=0), seed)


def write(file: Path, talk: Talk) -> None:
    """A transcript as the product writes it, with the calls beside the turns."""
    rows = [session_as_json(talk.session, dict.fromkeys((p.name for p in talk.session.cast), MODEL))]
    rows += [
        turn_as_json(talk.session, turn, talk.record) | {"calls": [asdict(c) for c in talk.calls.get(turn.seq, ())]}
        for turn in talk.record
    ]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def framed(session: Session, variant: str) -> tuple[str, ...]:
    """What a variant's prompts hold before anybody has spoken: its own wording of the cards among it."""
    question = session.task.questions[0]
    cue = Cue(question, turns_left=5)
    messages = [m for p in session.cast for m in VARIANTS[variant]()(session, Record(), p, cue)]
    return tuple(message["content"] for message in messages)


def summary(files: Sequence[Path], frames: Sequence[Sequence[str]]) -> dict[str, Value]:
    """One variant: the mean over its discussions. `frames`: what the prompts of each held beside what was said."""
    transcripts = [_read(file, frame) for file, frame in zip(files, frames, strict=True)]
    found = mean([measure(transcript) for transcript in transcripts])
    found |= _told_apart(transcripts) | _costs(files)
    found["talks"] = len(files)
    return found


def _read(file: Path, frame: Sequence[str]) -> Transcript:
    one = read_transcript(file)
    return Transcript(one.turns, one.cast, (*one.frame, *frame), one.questions, one.rules)


def _told_apart(transcripts: Sequence[Transcript]) -> dict[str, Value]:
    said = [(t.speaker, t.text) for one in transcripts for t in one.spoken]
    frame = set[Gram]().union(*(frame_of(one.frame) for one in transcripts))
    mask = names_in(transcripts[0].cast)
    whole = separability(said, mask)
    own = separability([(who, in_own_words(text, frame)) for who, text in said], mask)
    return {
        "told_apart": whole[0] if whole else None,
        "told_apart_own_words": own[0] if own else None,
        "told_by_chance": whole[1] if whole else None,
    }


def _costs(files: Sequence[Path]) -> dict[str, Value]:
    rows = [[json.loads(line) for line in file.read_text("utf-8").splitlines()] for file in files]
    turns = [[row["calls"] for row in one if row.get("calls")] for one in rows]
    # Without the first of each: whether the server knew the preamble is up to what it was asked before.
    calls = [call for one in turns for of_turn in one[1:] for call in of_turn]
    sent = sum(call["prompt"] for call in calls)
    return {
        "reused": sum(call["cached"] for call in calls) / sent,
        "prefill": sum(call["prefilled"] for call in calls) / sum(len(one) - 1 for one in turns),
        "tokens": sum(one[-1][0]["prompt"] for one in turns) / len(turns),
        "cpu": sum(call["cpu_ms"] for call in calls) / len(calls),
    }


async def hold_missing(
    url: str, names: Sequence[str], sessions: Mapping[int, Session], folder: Path, most: int
) -> None:
    """Hold every discussion that has no file yet, seed by seed, so that what is there can be compared at any time."""
    chat = Chat(url)
    try:
        for seed, session in sessions.items():
            for name in names:
                file = file_of(folder, name, seed)
                if not file.exists():
                    try:
                        write(file, await hold(session, chat, VARIANTS[name](), max_tokens=most))
                    except openai.OpenAIError as problem:
                        print(f"{name}, seed {seed}: {problem}", file=sys.stderr)
    finally:
        await chat.aclose()


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    names = args.only or list(VARIANTS)
    if unknown := [name for name in names if name not in VARIANTS]:
        print(f"--only: there is no {unknown[0]!r}. There are: {'; '.join(VARIANTS)}.", file=sys.stderr)
        return 1
    try:
        catalogue = open_catalogue(shipped("personas"), shipped("tasks"))
        sessions = {seed: session_of(catalogue, args.cast, seed, args.turns) for seed in range(1, args.seeds + 1)}
        with TemporaryDirectory(prefix="layouts-") as temporary:
            folder: Path = args.keep or Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            if any(not file_of(folder, name, seed).exists() for name in names for seed in sessions):
                with running_model(threads=args.threads) as url:
                    asyncio.run(hold_missing(url, names, sessions, folder, args.max_tokens))
            rows = _rows(names, sessions, folder)
    except (RoundtableError, NoModel, Unreadable) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(table(rows, COLUMNS))
    write_json(args.json, rows)
    return 0


def _rows(names: Sequence[str], sessions: Mapping[int, Session], folder: Path) -> dict[str, dict[str, Value]]:
    rows: dict[str, dict[str, Value]] = {}
    for name in names:
        held = {seed: file for seed in sessions if (file := file_of(folder, name, seed)).exists()}
        if held:
            rows[name] = summary(list(held.values()), [framed(sessions[seed], name) for seed in held])
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.quality.layouts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", metavar="NAME", help="a variant; may be given again (default: all)")
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
