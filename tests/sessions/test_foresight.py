"""How many turns a table's own limits leave it, as foreseen and as they are."""

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.moderation.formats.format import Format, OtherCalls
from bot.discussion.moderation.formats.roundtable import RoundTable
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.steps import Gather, Speak
from bot.llm.dummy.server import serve_dummy
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing import foresight
from bot.sessions.composing.foresight import turns_within
from bot.sessions.composing.limits import Limits
from bot.sessions.supervisor import Supervisor
from bot.store.store import Store
from tests.support.memory_place import MemoryPlace, ScriptedStage
from tests.support.recorded_table import CAST as CAST_OF_FOUR
from tests.support.recorded_table import RecordedTable
from tests.support.samples import CAST, TASK, stored_session
from tests.support.session_house import HERE, ended


@pytest.mark.parametrize(
    ("cap", "format"), [(15_000, "roundtable"), (40_000, "roundtable"), (15_000, "council"), (40_000, "council")]
)
async def test_a_table_has_about_as_many_turns_as_were_foreseen(store: Store, cap: int, format: str) -> None:
    async with serve_dummy() as url:
        endpoints = EndpointRegistry(Endpoint(url))
        supervisor = Supervisor(
            store,
            endpoints,
            lambda stored: ScriptedStage(MemoryPlace()),
            max_tokens=200,
            limits=Limits(session_tokens=cap),
        )
        dials = Dials(pace=0, turns=200, guards="none", format=format, vote_seconds=0)
        run = await supervisor.start(HERE, task=TASK, cast=CAST, dials=dials, seed=4)
        foreseen = supervisor.expected_turns(run.session)
        await ended(run)
        await supervisor.shutdown()
        await endpoints.aclose()
    spoken = len(run.record.persona_turns())
    assert spoken < 200
    assert foreseen == pytest.approx(spoken, rel=0.25)


@pytest.mark.parametrize(
    ("limits", "dials", "turns"),
    [
        (Limits(), {}, None),
        (Limits(), {"turns": 200}, (60, 140)),  # of the usual half a million tokens
        (Limits(session_tokens=0), {"turns": 200}, None),
        (Limits(session_tokens=100), {}, (0, 0)),
        (Limits(session_tokens=0, session_minutes=2), {"turns": 40}, (8, 12)),
        (Limits(session_tokens=0, session_minutes=2), {"turns": 40, "pace": 0}, None),
    ],
)
def test_which_limit_ends_a_table(limits: Limits, dials: dict[str, float], turns: tuple[int, int] | None) -> None:
    session = stored_session(dials=Dials.model_validate(dials)).session
    foreseen = turns_within(limits, session, max_tokens=400, ratio=4.0)
    assert (foreseen is None) == (turns is None)
    if foreseen is not None and turns is not None:
        assert turns[0] <= foreseen <= turns[1]


def test_a_choice_of_each_speaker_costs_turns_and_a_small_window_spares_tokens() -> None:
    def foreseen(window: int | None = None, **dials: str) -> int:
        session = stored_session(dials=Dials.model_validate({"turns": 200} | dials)).session
        found = turns_within(Limits(session_tokens=150_000), session, max_tokens=400, ratio=4.0, window=window)
        assert found is not None
        return found

    assert foreseen(floor="moderator") < foreseen() < foreseen(window=2000)


def asking(**others: int) -> Format:
    """A round table that makes these calls beside its turns."""
    made = RoundTable()
    made.other_calls = lambda session: OtherCalls(**others)  # type: ignore[method-assign]
    return made


@pytest.mark.parametrize(
    ("others", "tokens", "turns"),
    [
        # A prompt is 500 tokens and an answer 50; a turn at its longest, and the summary behind it, are 2,200 more.
        ({}, 10_000, 9),
        ({"before": 4}, 10_000, 7),
        ({"before": 4, "told": 4}, 10_000, 6),
        ({"before": 20}, 10_000, 0),
        ({"behind": 4}, 10_000, 9),  # what would come behind costs no turn: it is cut off itself
        ({}, 26_000, None),
        ({"before": 4, "told": 4}, 26_000, 17),
        ({"behind": 4}, 26_000, 20),  # all of them, and not all that is behind
        ({"behind": 4}, 32_000, None),
        ({"before": 4, "told": 4, "behind": 5}, 32_000, 20),
        ({"before": 4, "told": 4, "behind": 5}, 40_000, None),
        ({"before": 4, "told": 4, "behind": 5}, 0, None),
    ],
)
def test_what_calls_beside_the_turns_leave_of_them(
    others: dict[str, int], tokens: int, turns: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foresight, "format_of", lambda session: asking(**others))
    monkeypatch.setattr(foresight, "preamble", lambda session: "p" * (500 * 4 - 400))
    session = stored_session(dials=Dials(turns=20)).session
    assert turns_within(Limits(session_tokens=tokens), session, max_tokens=400, ratio=4.0) == turns


@pytest.mark.parametrize(
    ("format", "options", "seats", "others"),
    [
        ("roundtable", (), 3, OtherCalls()),
        ("interview", (), 3, OtherCalls()),
        ("open", (), 3, OtherCalls()),
        ("council", (), 3, OtherCalls(before=3, behind=4, told=3)),
        ("council", (), 1, OtherCalls(before=1, told=1)),  # on one proposal there is no vote
        ("council", ("yes", "no"), 1, OtherCalls(before=1, behind=2, told=1)),
        ("debate", (), 3, OtherCalls(before=3, behind=3)),
    ],
)
def test_what_a_format_asks_beside_its_turns(
    format: str, options: tuple[str, ...], seats: int, others: OtherCalls
) -> None:
    table = RecordedTable(cast=CAST_OF_FOUR[:seats], options=options, dials=Dials(format=format, turns=4))
    assert format_of(table.session).other_calls(table.session) == others
    if format in ("council", "debate"):
        asked = [
            step for step in table.play() if isinstance(step, Gather) or (isinstance(step, Speak) and step.cue.flag)
        ]
        before = [step for step in asked if isinstance(step, Gather) and step.kind == "position"]
        assert len(before) == others.before
        assert len(asked) - len(before) in (others.behind, others.behind - 1), "nobody may have been outvoted"
