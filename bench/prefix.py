"""How much of each prompt a server already knows: ours, AutoGen's and the original script's, on a real model.

    python -m bench.prefix                  40 turns each, which takes about a quarter of an hour on one core
    python -m bench.prefix --quick          8 short turns of the three layouts, in about a minute and a half

Each contestant gets a server of its own with one slot, so that whatever is reused is the request before. All have the
same personas, task, limit of an answer and sampling. What they say differs, since they ask differently.

ours            the engine as `roundtable discuss` runs it, second tries included, the summary left out
ours, compacts  the same with a context window that the discussion outgrows
ours, council   the same as a council: private positions before it, ballots and a minority report behind it
drops oldest    our layout in the same window with second tries, but each turn without as many of the oldest lines as
                it takes; how many second tries there are differs, so look at what a call takes as well
AutoGen         its RoundRobinGroupChat: a system message a persona, own turns the assistant's, others' the user's
the script      the script that Roundtable began as: earlier turns as messages whose roles alternate by position, then
                one with card, topic, instructions, time left and name, which is taken back after it; one call a turn
"""

import argparse
import asyncio
import contextlib
import io
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.columns import aligned, write_json
from bench.model import MODEL, NoModel, running_model
from bench.peers.venv import peers_python
from bench.proxy import Exchange, recording
from bench.quality.dialogue import Chat, Layout, hold
from bench.quality.earlier import DropsOldest, the_script
from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record, Session
from bot.errors import RoundtableError
from bot.library.catalogue import open_catalogue
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing.limits import Limits
from bot.sessions.session_runner import SessionRunner
from bot.settings import shipped
from bot.store.models import Fault, Status, StoredSession
from bot.store.schema import now
from bot.store.store import open_store
from bot.terminal import TerminalStage

# What we want to be true of so many turns: so much of our prompts reused, and at most so much of AutoGen's prefill.
TURNS: Final = 40
REUSED: Final = 0.90
OF_AUTOGEN: Final = 0.25
# A model of this size may say nothing of use three times in a row, which pauses a session; it is sent on so often.
NUDGES: Final = 20
# By this the tail of a prompt asks for a summary.
_SUMMARY: Final = "Write only the summary that"
PEER: Final = Path(__file__).parent / "peers" / "autogen_chat.py"


@dataclass(frozen=True, slots=True)
class TrialSize:
    """How large a trial is. `window`: tokens, for those that have to do with less; `most`: tokens of an answer."""

    turns: int
    most: int
    window: int
    seed: int
    threads: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a contestant's prompts cost: totals over all turns, in tokens and in milliseconds of the server."""

    turns: int
    calls: int
    sent: int
    reused: int
    prefilled: int
    prefill_ms: float
    answered: int

    @property
    def share(self) -> float:
        """How much of what was sent was reused."""
        return self.reused / self.sent if self.sent else 0.0


def cost_of(calls: Sequence[Exchange], turns: int) -> Cost:
    """Add up the calls that came to an answer."""
    done = [call for call in calls if call.prompt is not None]
    return Cost(
        turns=turns,
        calls=len(done),
        sent=sum(call.prompt or 0 for call in done),
        reused=sum(call.cached or 0 for call in done),
        prefilled=sum(call.prefilled or 0 for call in done),
        prefill_ms=sum(call.prefill_ms or 0.0 for call in done),
        answered=sum(call.answer or 0 for call in done),
    )


# --- the contestants: each holds a discussion at an address. Out: the turns that were taken ---

Contestant = Callable[[str, Session, TrialSize], Awaitable[int]]


async def ours(url: str, session: Session, size: TrialSize, window: int | None = None) -> int:
    """The real engine: loop, composer, endpoint, database and terminal."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="prefix-")))
        store = await stack.enter_async_context(open_store(f"sqlite+aiosqlite:///{folder}/talk.db", folder / "talk.db"))
        endpoint = Endpoint(url, timeout=600, context=window)
        stack.push_async_callback(endpoint.aclose)
        stored = StoredSession(0, 0, 1, 1, 0, 0, Status.RUNNING, None, session, now())
        run = SessionRunner(
            await store.add_session(stored, []),
            Record(),
            store=store,
            stage=TerminalStage(io.StringIO(), colour=False),
            endpoints=EndpointRegistry(endpoint),
            max_tokens=size.most,
            limits=Limits(0, 0, 0, 0),
            latest=0,
        )
        for _ in range(NUDGES):
            await run.take_turns()
            if run.status is not Status.PAUSED or run.fault is Fault.ENDPOINT:
                break
            await run.resume()
        return len(run.record.persona_turns())


async def ours_in_a_window(url: str, session: Session, size: TrialSize) -> int:
    return await ours(url, session, size, size.window)


async def ours_as_a_council(url: str, session: Session, size: TrialSize) -> int:
    dials = session.dials.model_copy(update={"format": "council", "vote_seconds": 0})
    return await ours(url, replace(session, dials=dials), size)


async def drops_oldest(url: str, session: Session, size: TrialSize) -> int:
    return await _bench_only(url, session, size, DropsOldest(size.window - 2 * size.most), guarded=True)


async def script(url: str, session: Session, size: TrialSize) -> int:
    return await _bench_only(url, session, size, the_script, guarded=False)


async def _bench_only(url: str, session: Session, size: TrialSize, layout: Layout, *, guarded: bool) -> int:
    chat = Chat(url)
    try:
        talk = await hold(session, chat, layout, max_tokens=size.most, guarded=guarded)
    finally:
        await chat.aclose()
    return len(talk.record.persona_turns())


async def autogen(url: str, session: Session, size: TrialSize) -> int:
    """The real AutoGen, in an environment of its own."""
    python = peers_python()
    if python is None:
        raise NoModel("AutoGen is not installed. `python -m bench.peers.venv` does it.")
    options = {
        "--base-url": url,
        "--model": MODEL,
        "--personas": shipped("personas"),
        "--cast": ",".join(p.name for p in session.cast),
        "--task": shipped("tasks") / session.task.name,
        "--turns": size.turns,
        "--max-tokens": size.most,
        "--timeout": 600,
    }
    command = [str(part) for pair in options.items() for part in pair]
    process = await asyncio.create_subprocess_exec(
        str(python), str(PEER), *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    found: dict[str, Any] = json.loads(printed.splitlines()[-1]) if printed.strip() else {"error": "it printed nothing"}
    if found["error"]:
        raise NoModel(f"AutoGen ended before its time: {found['error'][:200]}")
    return found["turns_taken"]


CONTESTANTS: Final[dict[str, Contestant]] = {
    "ours": ours,
    "ours, compacts": ours_in_a_window,
    "ours, council": ours_as_a_council,
    "drops oldest": drops_oldest,
    "AutoGen": autogen,
    "the script": script,
}
QUICK: Final = ("ours", "AutoGen", "the script")


async def trial(name: str, session: Session, size: TrialSize) -> Cost:
    """One contestant on a fresh server. Raises NoModel, also if AutoGen can't be run."""
    with running_model(threads=size.threads, cap=size.most, seed=size.seed) as url:
        async with recording(url) as proxy:
            turns = await CONTESTANTS[name](proxy.url, session, size)
            # The summary may be longer than a turn, and no other has one.
            return cost_of([call for call in proxy.calls if not _is_summary(call)], turns)


def _is_summary(call: Exchange) -> bool:
    return bool(call.messages) and _SUMMARY in str(call.messages[-1]["content"]).rsplit("\n(A note", 1)[-1]


# --- what is printed ---


def table(costs: dict[str, Cost]) -> str:
    heads = ("", "turns", "calls", "sent", "reused", "share", "prefill", "a turn", "a call", "ms a turn", "answers")
    lines: list[tuple[str, ...]] = [heads]
    for name, cost in costs.items():
        lines.append(
            (
                name,
                str(cost.turns),
                str(cost.calls),
                f"{cost.sent:,}",
                f"{cost.reused:,}",
                f"{cost.share:.1%}",
                f"{cost.prefilled:,}",
                f"{cost.prefilled / max(1, cost.turns):.0f}",
                f"{cost.prefilled / max(1, cost.calls):.0f}",
                f"{cost.prefill_ms / max(1, cost.turns):.0f}",
                f"{cost.answered:,}",
            )
        )
    return aligned(lines)


def verdicts(costs: dict[str, Cost]) -> list[str]:
    """Whether what we want is true, a sentence each."""
    found: list[str] = []
    mine, theirs = costs.get("ours"), costs.get("AutoGen")
    if mine:
        found.append(f"{mine.share:.1%} of our prompts reused{_target(f'{REUSED:.0%}', mine.share >= REUSED, mine)}")
    if mine and theirs:
        ratio = mine.prefilled / mine.turns / (theirs.prefilled / theirs.turns)
        found.append(f"{ratio:.2f} of AutoGen's prefill a turn{_target(str(OF_AUTOGEN), ratio <= OF_AUTOGEN, mine)}")
    compacts, drops = costs.get("ours, compacts"), costs.get("drops oldest")
    if compacts and drops:
        ratio = compacts.prefilled / compacts.turns / (drops.prefilled / drops.turns)
        found.append(f"compacting at once takes {ratio:.2f} of the prefill that dropping the oldest takes")
    return found


def _target(wanted: str, is_met: bool, cost: Cost) -> str:
    # In a short discussion the first prompt, which nobody can reuse, is most of what is sent.
    if cost.turns < TURNS:
        return f" (the target, {wanted}, is for {TURNS} turns: too short to tell)"
    return f" (wanted: {wanted}): {'met' if is_met else 'MISSED'}"


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        catalogue = open_catalogue(shipped("personas"), shipped("tasks"))
        cast, task = catalogue.cast(args.cast), catalogue.task(args.task)
    except RoundtableError as problem:
        print(problem, file=sys.stderr)
        return 1
    turns, most = (8, 24) if args.quick else (TURNS, 64)
    size = TrialSize(args.turns or turns, args.max_tokens or most, args.window, args.seed, args.threads)
    session = Session(task, cast, Dials(turns=size.turns, pace=0), size.seed)
    asked = [name.strip() for name in args.only.split(";") if name.strip()]
    names = asked or list(QUICK if args.quick else CONTESTANTS)
    if unknown := [name for name in names if name not in CONTESTANTS]:
        print(f"--only: there is no {unknown[0]!r}. There are: {'; '.join(CONTESTANTS)}.", file=sys.stderr)
        return 1
    costs: dict[str, Cost] = {}
    for name in names:
        try:
            costs[name] = asyncio.run(trial(name, session, size))
            print(f"{name}: done", file=sys.stderr, flush=True)
        except NoModel as problem:
            print(f"{name}: {problem}", file=sys.stderr)
    if costs:
        print(table(costs), *verdicts(costs), sep="\n")
        write_json(args.json, {name: _as_json(cost) for name, cost in costs.items()})
    return 0 if costs else 1


def _as_json(cost: Cost) -> dict[str, Any]:
    return {field: getattr(cost, field) for field in (*Cost.__slots__, "share")}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.prefix", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, metavar="N", help="turns of each (default: 40)")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="tokens of an answer at most (default: 64)")
    parser.add_argument("--window", type=int, default=2560, metavar="N", help="the small window (default: 2560 tokens)")
    parser.add_argument("--cast", default="Devika,Faris,Gethin,Kaede", metavar="NAMES", help="who is at the table")
    parser.add_argument("--task", default="haunted-house", metavar="NAME", help="a shipped task")
    parser.add_argument("--only", default="", metavar="NAMES", help="some of the contestants, with semicolons between")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of moderator and sampling (default: 1)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of the server (default: 1)")
    parser.add_argument("--quick", action="store_true", help="the three layouts only, 8 turns of 24 tokens")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
