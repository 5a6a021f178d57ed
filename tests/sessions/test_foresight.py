"""How many turns a table's own limits leave it, as foreseen and as they are."""

import pytest

from bot.discussion.model.dials import Dials
from bot.llm.dummy.server import serve_dummy
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing.foresight import turns_within
from bot.sessions.composing.limits import Limits
from bot.sessions.supervisor import Supervisor
from bot.store.store import Store
from tests.support.memory_place import MemoryPlace, ScriptedStage
from tests.support.samples import CAST, TASK, stored_session
from tests.support.session_house import HERE, ended


@pytest.mark.parametrize("cap", [15_000, 40_000])
async def test_a_table_has_about_as_many_turns_as_were_foreseen(store: Store, cap: int) -> None:
    async with serve_dummy() as url:
        endpoints = EndpointRegistry(Endpoint(url))
        supervisor = Supervisor(
            store,
            endpoints,
            lambda stored: ScriptedStage(MemoryPlace()),
            max_tokens=200,
            limits=Limits(session_tokens=cap),
        )
        run = await supervisor.start(HERE, task=TASK, cast=CAST, dials=Dials(pace=0, turns=200, guards="none"), seed=4)
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
