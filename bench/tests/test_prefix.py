"""What the comparison of layouts builds and adds up; the model itself is for the bench to run."""

from bench.prefix import Cost, cost_of, main, table, verdicts
from bench.proxy import Exchange
from bench.quality.earlier import FILLER, DropsOldest, the_script
from bench.tests.small_session import AINO, QUESTIONS, SESSION, begun, say
from bot.discussion.prompts.prompt import Cue

CUE = Cue(QUESTIONS[0], turns_left=7)


def test_the_scripts_roles_alternate_by_position() -> None:
    record = begun()
    for name in ("Ravi", "Mira", "Tomás"):
        say(record, name)
        messages = the_script(SESSION, record, AINO, CUE)
        assert [m["role"] for m in messages] == ["user", "assistant"] * (len(messages) // 2) + ["user"]
    assert [m["content"] for m in messages[:-1]] == ["Ravi: " + record.turns[1].text, *(
        f"{turn.speaker}: {turn.text}" for turn in record.turns[2:]), FILLER]  # fmt: skip


def test_the_script_tells_the_context_once() -> None:
    record = begun()
    (first,) = the_script(SESSION, record, AINO, CUE)
    assert "A village hall." in first["content"]
    assert "Ravi Menon" in first["content"]
    say(record, "Ravi")
    last = the_script(SESSION, record, AINO, CUE)[-1]["content"]
    assert "A village hall." not in last
    assert last.startswith(AINO.prompt)
    assert "You have 7 minutes left." in last
    assert last.endswith("Aino:")


def test_what_does_not_fit_is_dropped_from_the_front() -> None:
    record = begun()
    for number in range(30):
        say(record, "Ravi", f"Point {number}: " + "more " * 40)
    (whole,) = DropsOldest(100_000)(SESSION, record, AINO, CUE)
    (part,) = DropsOldest(len(whole["content"]) // 8)(SESSION, record, AINO, CUE)
    assert "Point 0:" in whole["content"]
    assert "Point 0:" not in part["content"]
    assert "Point 29:" in part["content"]
    assert len(part["content"]) <= len(whole["content"]) // 2
    assert part["content"].startswith(whole["content"][:500])


def test_calls_without_an_answer_cost_nothing() -> None:
    calls = [
        Exchange(["user"], prompt=100, cached=0, prefilled=100, answer=10, prefill_ms=50.0),
        Exchange(["user"], prompt=150, cached=110, prefilled=40, answer=10, prefill_ms=20.0),
        Exchange(["user"], aborted=True),
    ]
    cost = cost_of(calls, turns=2)
    assert cost == Cost(2, 2, 250, 110, 140, 70.0, 20)
    assert cost.share == 0.44


def test_the_verdicts() -> None:
    mine, theirs = Cost(40, 40, 1000, 920, 80, 1.0, 1), Cost(40, 40, 800, 0, 800, 1.0, 1)
    assert verdicts({"ours": mine, "AutoGen": theirs}) == [
        "92.0% of our prompts reused (wanted: 90%): met",
        "0.10 of AutoGen's prefill a turn (wanted: 0.25): met",
    ]
    assert verdicts({"ours": theirs})[0].endswith("MISSED")
    short = Cost(8, 8, 1000, 800, 200, 1.0, 1)
    assert verdicts({"ours": short}) == [
        "80.0% of our prompts reused (the target, 90%, is for 40 turns: too short to tell)"
    ]
    assert table({"ours": mine}).splitlines()[1].split() == (
        ["ours", "40", "40", "1,000", "920", "92.0%", "80", "2", "2", "0", "1"]
    )


def test_an_unknown_contestant_is_named(capsys) -> None:
    assert main(["--only", "ours; nobody"]) == 1
    assert "there is no 'nobody'. There are: ours; ours, compacts;" in capsys.readouterr().err
