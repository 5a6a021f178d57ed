"""What the trial of the kill finds wrong in who abstained and who reports for the outvoted; and what it aims at."""

import json
from typing import Any

import pytest

from tests.chaos import kills_hit
from tests.chaos.compare import Shown, compare
from tests.chaos.compare_ballots import abstentions, wrong_abstentions, wrong_minority
from tests.chaos.stored_tables import StoredTable

SEATS = ("Aino", "Bo", "Nadia", "Ravi")


def stored(seq: int, kind: str, text: str = "", *, speaker: str = "Moderator", **steering: Any) -> dict[str, Any]:
    ids = {"session_id": 1, "seq": seq, "withheld": 0, "heard": 0, "message_id": None, "raw": None, "flags": "[]"}
    return ids | {"kind": kind, "speaker": speaker, "text": text, "steering": json.dumps(steering or None)}


def ballot(seq: int, speaker: str, raw: str, *ranking: int) -> dict[str, Any]:
    return stored(seq, "ballot", speaker=speaker, what="ballot_cast", poll=1, ranking=ranking) | {"raw": raw}


def report(seq: int, speaker: str) -> dict[str, Any]:
    return stored(seq, "persona", "It overlooks the rain.", speaker=speaker) | {"flags": '["minority_report"]'}


def vote(*, ranked: bool = False, name: str = "council") -> list[dict[str, Any]]:
    """Two for the first of three options, with a member; Nadia is for the last, and Ravi abstains."""
    told = "The result, with 3 of 4 votes: “the park”.\nAbstained: Ravi."
    orders = {"Aino": (0, 1, 2), "Bo": (0, 2, 1), "Nadia": (2, 1, 0)}
    order = {who: ranking if ranked else ranking[:1] for who, ranking in orders.items()}
    cast = [
        ballot(2 + at, who, " > ".join("ABC"[number] for number in ranking), *ranking)
        for at, (who, ranking) in enumerate(order.items())
    ]
    return [
        stored(1, "moderator", what="poll_opened", name=name, options=["the park", "a barn", "home"], ranked=ranked),
        *cast,
        ballot(5, "Ravi", "Mamuro kofi, call 7 sentence 1."),
        stored(6, "result", told, what="poll_closed", poll=1, people=[1, 0, 0]),
    ]


@pytest.mark.parametrize("ranked", [False, True])
def test_a_vote_that_is_right_is_found_right(ranked: bool) -> None:
    right = [*vote(ranked=ranked), report(7, "Nadia")]
    assert wrong_abstentions(right, {6: right[5]["text"]}) == []
    assert wrong_minority(right) == []
    assert abstentions(right) == 1


def test_who_abstains_though_it_voted_or_votes_by_rubbish_is_found() -> None:
    turns = vote()
    turns[1] = ballot(2, "Aino", "A")
    turns[5] = stored(6, "result", "Abstained: Aino, Ravi.", what="poll_closed", poll=1, people=[1, 0, 0])
    assert len(wrong_abstentions(turns, {})) == 1
    turns = vote()
    turns[4] = ballot(5, "Ravi", "Rubbish.", 1)
    turns[5] |= {"text": "The result."}
    assert len(wrong_abstentions(turns, {})) == 1


def test_a_result_that_does_not_show_who_abstained_is_found() -> None:
    assert len(wrong_abstentions(vote(), {6: "The result."})) == 1
    silent = vote()
    silent[5] |= {"text": "The result."}
    assert len(wrong_abstentions(silent, {})) == 1
    more = vote()
    more[4] = ballot(5, "Ravi", "B", 1)
    assert len(wrong_abstentions(more, {})) == 1  # it names Ravi, who did not
    assert wrong_abstentions([*vote(name="before")[:5], silent[5]], {}) == []  # nobody is told of it in a debate


@pytest.mark.parametrize("ranked", [False, True])
def test_a_minority_report_that_is_missing_doubled_or_by_another_is_found(ranked: bool) -> None:
    turns = vote(ranked=ranked)
    assert len(wrong_minority(turns)) == 1
    assert len(wrong_minority([*turns, report(7, "Nadia"), report(8, "Nadia")])) == 1
    for other in ("Aino", "Ravi"):
        assert len(wrong_minority([*turns, report(7, other)])) == 1
    assert len(wrong_minority([report(0, "Nadia"), *turns, report(7, "Nadia")])) == 1
    assert len(wrong_minority([report(1, "Nadia")])) == 1


def test_where_nobody_lost_no_report_is_due() -> None:
    agreed = vote()
    agreed[3] = ballot(4, "Nadia", "A", 0)
    assert wrong_minority(agreed) == []
    assert len(wrong_minority([*agreed, report(7, "Nadia")])) == 1
    tie = [*vote()[:5], stored(6, "result", what="poll_closed", poll=1, people=[0, 0, 1])]
    assert wrong_minority(tie) == []
    silent = [*vote()[:1], stored(6, "result", what="poll_closed", poll=1, people=[0, 0, 0])]
    assert wrong_minority(silent) == []


def test_who_lost_by_most_reports() -> None:
    turns = vote()
    turns[4] = ballot(5, "Ravi", "B", 1)
    turns[5] = stored(6, "result", what="poll_closed", poll=1, people=[1, 0, 1])  # Nadia is not the only one
    assert wrong_minority([*turns, report(7, "Ravi")]) == []
    assert len(wrong_minority([*turns, report(7, "Nadia")])) == 1


def test_what_stands_above_a_minority_report_is_found_missing_or_too_much() -> None:
    def found(content: str, turn: dict[str, Any]) -> dict[str, int]:
        post = {"id": 1, "session_id": 1, "turn_seq": 7, "message_id": 9, "kind": "turn", "status": "posted"}
        session = {"id": 1, "place_id": 5, "status": "running", "reason": None, "created_at": None, "ended_at": None}
        table = StoredTable(session, [turn], [post | {"username": "Nadia", "content": content}])
        findings = compare([table], {5: [Shown(9, "webhook", "Nadia", content)]})
        return {name: count for name, count in findings.counts.items() if count and name != "not_finished"}

    said = "It overlooks the rain."
    assert found(f"-# Minority report\n{said}", report(7, "Nadia")) == {}
    assert found(said, report(7, "Nadia")) == {"minority_wrong": 1}
    assert found(f"-# Minority report\n{said}", report(7, "Nadia") | {"flags": "[]"}) == {"minority_wrong": 1}


def test_what_a_kill_is_aimed_at_is_seen_from_what_is_stored() -> None:
    def under_way(turns: list[dict[str, Any]], format: str = "council", status: str = "running") -> set[str]:
        cast = json.dumps([{"name": name} for name in SEATS])
        session = {"id": 1, "status": status, "dials": json.dumps({"format": format}), "cast": cast}
        return kills_hit.under_way([StoredTable(session, turns, [])])

    put = stored(1, "moderator", what="question_put", question="Where?")
    revealed = stored(2, "moderator", what="positions_revealed")
    assert under_way([]) == set()
    assert under_way([put]) == {kills_hit.POSITIONS}
    assert under_way([put, revealed]) == set()
    assert under_way([put, revealed, *vote()[:3]]) == {kills_hit.AN_OPEN_VOTE, kills_hit.BALLOTS}
    assert under_way([put, revealed, *vote()[:5]]) == {kills_hit.AN_OPEN_VOTE}
    assert under_way([put, revealed, *vote()]) == set()
    assert under_way([put, *vote(name="before")[:1]], "debate") == {kills_hit.AN_OPEN_VOTE, kills_hit.POSITIONS}
    assert under_way([put], status="ended") == set()
    asked = stored(1, "guest", "May I?", speaker="Kaija")
    heard = stored(2, "persona", "You may.", speaker="Aino") | {"heard": 1, "flags": '["answers:1"]'}
    assert under_way([asked], "interview") == under_way([asked], "open") == {kills_hit.UNANSWERED}
    assert under_way([asked, heard], "interview") == set()
    assert under_way([asked, heard], "open") == {kills_hit.SILENT}
