"""When the next turn is due, as people hurry and the stage asks for more or less."""

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record
from bot.sessions.composing.pace import Pace
from tests.support.samples import stored_session


async def test_the_stage_is_asked_anew_what_is_to_lie_between_two_turns() -> None:
    asked = [1000.0]
    pace = Pace(stored_session(dials=Dials(pace=100, pace_most=100)).session, Record(), lambda: asked[0])
    assert pace.left <= 0, "nothing was shown yet"
    pace.shown("The miller bakes.", in_a_hurry=False)
    assert 900 < pace.left <= 1000
    asked[0] = 2000.0
    assert 1900 < pace.left <= 2000
    asked[0] = 0.0
    assert 0 < pace.left <= 100
    pace.hurry()
    assert pace.left <= 0
    asked[0] = 50.0
    assert 0 < pace.left <= 50, "nobody is in such a hurry that Discord would not take it"
    pace.shown("Nobody bakes.", in_a_hurry=True)
    assert 0 < pace.left <= 50
