"""The moderator's numbers: what they mean and which are refused."""

import pytest
from pydantic import ValidationError

from bot.discussion.model.dials import GUARDS, Dials


def test_the_pause_follows_the_reading_time_within_its_bounds():
    dials = Dials(pace=5, pace_most=20, words_per_minute=240)
    assert dials.pause_after(0) == 5
    assert dials.pause_after(40) == 10
    assert dials.pause_after(500) == 20


def test_no_pace_is_no_pause_and_no_reading_speed_a_steady_one():
    assert Dials(pace=0).pause_after(500) == 0
    assert Dials(pace=4, words_per_minute=0).pause_after(500) == 4


def test_the_least_pace_wins_over_the_most():
    assert Dials(pace=60, pace_most=30).pause_after(10) == 60


def test_guards_are_all_none_or_some():
    assert all(Dials().guards_against(guard) for guard in GUARDS)
    assert not any(Dials(guards="none").guards_against(guard) for guard in GUARDS)
    some = Dials(guards=" Repeat, agreement")
    assert [guard for guard in GUARDS if some.guards_against(guard)] == ["repeat", "agreement"]


@pytest.mark.parametrize("value", ["", "repeats", "all,empty", ",", "none,none"])
def test_other_guards_are_refused_with_the_names_there_are(value: str):
    with pytest.raises(ValidationError, match="should be all, none, or some of empty, repeat"):
        Dials(guards=value)
