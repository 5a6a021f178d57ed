"""What does not add up at a table that listens: each question of an interview has one answer, in order; an open table
answers what people say for a few turns, and is silent until they do."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tests.chaos.stored_tables import Row, flags_of, of_what, steering_of

# docs/formats.md: where a model has no answer, one other persona tries.
MOST_TRIES: Final = 2
# What an open table has heard for so many seconds before its end has an answer.
ANSWERED_WITHIN: Final = 10.0


@dataclass
class _Asked:
    """A question: the numbers of the turns that ask it, and whom it calls on in each. `is_certain`: it was there from
    its first turn on, which nobody can tell of one that was posted again, deleted or refused."""

    seqs: list[int]
    addressed: dict[int, str]
    is_certain: bool
    tries: int = 0


def wrong_in_interview(
    turns: Sequence[Row], dials: Mapping[str, Any], *, is_stopped: bool = False, late: Collection[int] = ()
) -> list[str]:
    """In: the turns of an interview that has ended; whether somebody stopped it without a summary; the numbers of turns
    that Discord took only after it had refused them, and the next was written.

    All of it follows from what was stored, by the rules of docs/formats.md and not by the bot's own code.
    """
    wrong: list[str] = []
    waiting: list[_Asked] = []
    last: _Asked | None = None
    called = [turn["seq"] for turn, _ in of_what(turns, "wrap_up_called")]
    for turn in turns:
        if turn["kind"] == "guest" or steering_of(turn).get("what") == "question_put":
            goes_on = "goes_on" in flags_of(turn)
            if last is None or not goes_on or not any(each is last for each in waiting):
                last = _Asked([], {}, is_certain=True)
                waiting.append(last)
            last.seqs.append(turn["seq"])
            last.is_certain = last.is_certain and _is_certain(turn)
            if turn.get("addressed"):
                last.addressed[turn["seq"]] = turn["addressed"]
        elif turn["kind"] == "persona":
            wrong += _answer(turn, waiting, is_late=turn["seq"] in late)
            number = answered(turn)
            if called and number is not None and number > called[0]:
                wrong.append(f"turn {turn['seq']} answers turn {number}, which was asked after the wrap-up")
    spoken = sum(turn["kind"] == "persona" for turn in turns)
    lengths = [told["turns"] for _, told in of_what(turns, "turns_changed")]
    most = lengths[-1] if lengths else dials["turns"]
    left = [q for q in waiting if q.is_certain and called and q.seqs[0] < called[0]]
    if spoken > most or (spoken < most and not called and not is_stopped):
        wrong.append(f"it ended after {spoken} of {most} answers")
    if left and spoken < most and not lengths and not is_stopped:
        wrong.append(f"turns {[q.seqs[0] for q in left]} were asked before the wrap-up and have no answer")
    return wrong


def answered(turn: Row) -> int | None:
    """The number of the turn that a persona's turn says it answers."""
    numbers = (flag.removeprefix("answers:") for flag in flags_of(turn) if flag.startswith("answers:"))
    return next((int(number) for number in numbers), None)


def _answer(turn: Row, waiting: list[_Asked], *, is_late: bool) -> list[str]:
    """What is wrong with an answer; the question that has it waits no longer, or only what it had not heard."""
    name, number, heard = f"turn {turn['seq']} ({turn['speaker']})", answered(turn), turn["heard"]
    found = next((each for each in waiting if each.seqs[0] == number), None)
    if number is None:
        return [f"{name} answers nobody"]
    if found is None:
        return [f"{name} answers turn {number}, which has its answer, or asks nothing"]
    wrong: list[str] = []
    if before := [q.seqs[0] for q in waiting if q.seqs[0] < number and q.is_certain]:
        wrong.append(f"{name} answers turn {number} before turns {before}")
    asked = [who for seq, who in found.addressed.items() if seq <= heard]
    if asked and asked[-1] != turn["speaker"] and not found.tries and found.is_certain:
        wrong.append(f"{name} answers turn {number}, which asks {asked[-1]}")
    found.tries += 1
    if (turn["text"] and not turn["withheld"] and not is_late) or found.tries == MOST_TRIES:
        unheard = [seq for seq in found.seqs if seq > heard]
        at = next(at for at, each in enumerate(waiting) if each is found)
        waiting[at : at + 1] = [_Asked(unheard, found.addressed, found.is_certain)] if unheard else []
    return wrong


def wrong_at_open_table(turns: Sequence[Row], dials: Mapping[str, Any], ended_at: str | None) -> list[str]:
    """In: the turns of an open table that has ended, and when it did."""
    wrong: list[str] = []
    words: list[list[int]] = []  # the numbers of the turns of each thing that people said
    taken: Counter[int] = Counter()
    ends = [turn for what in ("wrap_up_called", "turns_changed") for turn, _ in of_what(turns, what)]
    end = min((turn["seq"] for turn in ends), default=None)
    for turn in turns:
        if turn["kind"] == "guest" and "goes_on" in flags_of(turn) and words:
            words[-1].append(turn["seq"])
        elif turn["kind"] == "guest" or steering_of(turn).get("what") in ("question_put", "floor_given"):
            words.append([turn["seq"]])
        elif turn["kind"] == "persona":
            word = next((each[0] for each in reversed(words) if each[0] <= turn["heard"]), None)
            if word is None:
                wrong.append(f"turn {turn['seq']} ({turn['speaker']}) answers nobody")
            else:
                taken[word] += 1
            if end is not None and turn["seq"] > end:
                wrong.append(f"turn {turn['seq']} ({turn['speaker']}) was taken after the end was called")
    most = dials["open_turns"]
    wrong += [f"{count} turns follow turn {word}, of {most} at most" for word, count in taken.items() if count > most]
    heard = max((turn["heard"] for turn in turns if turn["kind"] == "persona"), default=0)
    over = min((turn["created_at"] for turn in ends), default=ended_at)
    for turn in turns:
        is_said = (turn["kind"] == "guest" and _is_certain(turn)) or steering_of(turn).get("what") == "question_put"
        if is_said and turn["seq"] > heard and over and _seconds(turn["created_at"], over) > ANSWERED_WITHIN:
            wrong.append(f"turn {turn['seq']} has no answer")
    return wrong


def wrong_summaries(turns: Iterable[Row], *, ends: int, is_stopped: bool) -> list[str]:
    """A table sums up once each time it ends, unless somebody stops it; where nobody said anything it does not."""
    turns = list(turns)
    spoken = any(turn["kind"] == "persona" and turn["text"] and not turn["withheld"] for turn in turns)
    given = sum(turn["kind"] == "summary" for turn in turns)
    wanted = (ends if spoken else 0) - is_stopped
    if given < wanted or given > ends:
        return [f"{given} summaries of {wanted}"]
    return []


def _is_certain(turn: Row) -> bool:
    if turn["kind"] != "guest":
        return True
    return bool(turn["text"]) and not turn["withheld"] and "reposted" not in flags_of(turn)


def _seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
