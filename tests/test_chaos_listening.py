"""What the trial of the kill finds wrong at a table that listens, and what of it is right."""

import json
from collections.abc import Sequence
from typing import Any

from tests.chaos.compare_listening import wrong_at_open_table, wrong_in_interview, wrong_summaries

DIALS = {"turns": 3, "open_turns": 2}


def turn(seq: int, kind: str, text: str = "Well.", *, heard: int = 0, **more: Any) -> dict[str, Any]:
    """Each turn comes twenty seconds behind the one before it."""
    stored = {"seq": seq, "kind": kind, "speaker": "Kaija", "text": text, "heard": heard, "withheld": 0}
    at = f"2027-01-15 08:{seq // 3:02}:{seq % 3 * 20:02}"
    return stored | {"addressed": None, "steering": None, "flags": "[]", "created_at": at} | more


def asked(seq: int, **more: Any) -> dict[str, Any]:
    return turn(seq, "guest", f"Question {seq}?", **more)


def flags(*names: str) -> str:
    return json.dumps(names)


def answer(seq: int, to: int | None, *, by: str = "Aino", heard: int | None = None, **more: Any) -> dict[str, Any]:
    told = {"speaker": by, "flags": flags(f"answers:{to}") if to else "[]"}
    return turn(seq, "persona", heard=seq - 1 if heard is None else heard, **told | more)


def steer(seq: int, what: str, **more: Any) -> dict[str, Any]:
    return turn(seq, "moderator", steering=json.dumps({"what": what} | more))


def interview() -> list[dict[str, Any]]:
    """Three questions: to nobody, in two messages and to Bo; and one that was put. The third answer is the last."""
    return [
        asked(1),
        asked(2, speaker="Lumi", addressed="Bo"),
        asked(3, speaker="Lumi", flags=flags("goes_on")),
        answer(4, 1),
        steer(5, "question_put", question="And the price?"),
        answer(6, 2, by="Bo"),
        answer(7, 5, by="Ravi"),
        turn(8, "summary"),
    ]


def wrong(turns: Sequence[dict[str, Any]], *, is_stopped: bool = False) -> list[str]:
    return wrong_in_interview(turns, DIALS, is_stopped=is_stopped)


def changed(at: int, turn: dict[str, Any]) -> list[dict[str, Any]]:
    """The interview with another turn in the place of one."""
    return [turn if each["seq"] == at else each for each in interview()]


def without(*seqs: int) -> list[dict[str, Any]]:
    return [each for each in interview() if each["seq"] not in seqs]


def test_an_interview_that_is_right_is_found_right() -> None:
    assert wrong(interview()) == []


def test_answers_twice_to_nobody_out_of_order_or_by_another_are_found() -> None:
    assert len(wrong(changed(7, answer(7, 2, by="Ravi")))) == 1
    assert len(wrong(changed(7, answer(7, None)))) == 1
    assert len(wrong(changed(7, answer(7, 6)))) == 1
    assert len(wrong(changed(6, answer(6, 2, by="Aino")))) == 1
    swapped = [*without(6, 7), answer(6, 5, by="Ravi"), answer(7, 2, by="Bo")]
    assert len(wrong(sorted(swapped, key=lambda each: each["seq"]))) == 1


def test_what_a_model_has_no_answer_to_another_persona_tries_once() -> None:
    silent = answer(4, 1, text="")
    again = [*interview()[:3], silent, answer(5, 1, by="Ravi"), answer(6, 2, by="Bo"), turn(7, "summary")]
    assert wrong(again) == []
    refused = [*interview()[:3], answer(4, 1, withheld=1), answer(5, 1, by="Ravi", text=""), answer(6, 2, by="Bo")]
    assert wrong(refused) == []
    # Both were refused, and are shown now.
    both = [*interview()[:3], answer(4, 1), answer(5, 1, by="Ravi"), answer(6, 2, by="Bo")]
    assert wrong_in_interview(both, DIALS, late={4}) == []
    assert len(wrong(both)) == 1
    thrice = [*interview()[:3], silent, answer(5, 1, by="Ravi", text=""), answer(6, 1, by="Nadia")]
    assert len(wrong(thrice)) == 1


def test_what_an_answer_has_not_heard_is_a_question_of_its_own() -> None:
    heard_half = [*interview()[:3], answer(4, 1), answer(5, 2, by="Bo", heard=2), answer(6, 3, by="Bo")]
    assert wrong(heard_half) == []
    assert len(wrong([*heard_half[:-1], answer(6, 2, by="Bo")])) == 1


def test_an_interview_that_ends_too_soon_or_too_late_is_found() -> None:
    assert len(wrong(without(7))) == 1
    assert wrong(without(7), is_stopped=True) == []
    assert wrong([*without(7, 8), steer(7, "turns_changed", turns=2), turn(8, "summary")]) == []
    longer = [*interview()[:7], asked(8), answer(9, 8, by="Nadia")]
    assert len(wrong(longer)) == 1


def test_behind_a_wrap_up_what_was_asked_before_it_is_answered_and_nothing_else() -> None:
    called = steer(5, "wrap_up_called")
    before = interview()[:4]
    assert wrong([*before, called, answer(6, 2, by="Bo"), asked(7), turn(8, "summary")]) == []
    assert len(wrong([*before, called, turn(6, "summary")])) == 1
    assert len(wrong([*before, called, answer(6, 2, by="Bo"), asked(7), answer(8, 7)])) == 1
    # Whether that was there by then nobody can tell.
    reposted = asked(2, speaker="Luna", flags=flags("reposted"))
    assert wrong([asked(1), reposted, answer(3, 1), steer(4, "wrap_up_called"), turn(5, "summary")]) == []


def open_table() -> list[dict[str, Any]]:
    """Two turns on what was said first, one on what was said in two messages, then the end."""
    return [
        asked(1),
        answer(2, None),
        answer(3, None, by="Ravi"),
        asked(4),
        asked(5, flags=flags("goes_on")),
        answer(6, None),
        steer(7, "wrap_up_called"),
        turn(8, "summary"),
    ]


def wrong_there(turns: Sequence[dict[str, Any]], ended_at: str | None = "2027-01-15 08:30:00") -> list[str]:
    return wrong_at_open_table(turns, DIALS, ended_at)


def test_an_open_table_that_is_right_is_found_right() -> None:
    assert wrong_there(open_table()) == []


def test_an_open_table_that_speaks_by_itself_or_too_long_is_found() -> None:
    assert len(wrong_there(open_table()[1:])) == 2  # as if nobody had said anything before its first two
    talks = [*open_table()[:3], answer(4, None, by="Bo")]
    assert len(wrong_there(talks)) == 1
    # What had not heard the new words belongs to those before.
    late = [*open_table()[:2], asked(3), answer(4, None, heard=1), answer(5, None, heard=3), answer(6, None)]
    assert wrong_there(late) == []
    assert len(wrong_there([*open_table(), answer(9, None, heard=8)])) == 1


def test_an_open_table_that_does_not_wake_is_found() -> None:
    asleep = open_table()[:5]
    assert len(wrong_there(asleep)) == 2
    assert wrong_there(asleep, "2027-01-15 08:01:45") == ["turn 4 has no answer"]
    half = [*asleep, answer(6, None, heard=4)]
    assert wrong_there(half) == ["turn 5 has no answer"]
    # It was called to its end before it could answer.
    called = [*asleep, steer(6, "wrap_up_called") | {"created_at": "2027-01-15 08:01:21"}, turn(7, "summary")]
    assert wrong_there(called) == []
    put = [*open_table()[:3], steer(4, "question_put", question="And the price?")]
    assert wrong_there(put) == ["turn 4 has no answer"]


def test_a_summary_that_is_missing_or_doubled_is_found() -> None:
    def summaries(number: int, *, ends: int = 1, is_stopped: bool = False) -> list[str]:
        turns = [answer(1, None), *(turn(2 + at, "summary") for at in range(number))]
        return wrong_summaries(turns, ends=ends, is_stopped=is_stopped)

    assert [len(summaries(number)) for number in (0, 1, 2)] == [1, 0, 1]
    assert [len(summaries(number, ends=2)) for number in (1, 2, 3)] == [1, 0, 1]
    assert summaries(0, is_stopped=True) == []
    assert wrong_summaries([asked(1), answer(2, 1, text="")], ends=1, is_stopped=False) == []
