"""`roundtable check`: says in words whether settings, personas, tasks, database, endpoint and Discord are right."""

from contextlib import AsyncExitStack
from importlib.util import find_spec
from typing import Final

from bot.checks.database import check_database
from bot.checks.discord_login import check_discord
from bot.checks.portrait_links import check_portraits
from bot.checks.report import Report
from bot.discussion.model.persona import Persona
from bot.discussion.model.persona_similarity import near_copies
from bot.errors import RoundtableError
from bot.file_permissions import exposed_files
from bot.library.file_problem import FileProblem
from bot.library.files import read_personas, read_tasks, unread_files
from bot.llm.endpoint import Endpoint
from bot.llm.factory import no_endpoint, open_endpoints
from bot.llm.local.gguf import UnusableModel
from bot.llm.local.nearby import servers_near_by
from bot.llm.local.serving import with_local_model
from bot.llm.own_network import hosts_away
from bot.settings import Settings

_NO_PRICE: Final = (
    "Endpoint: what {model} at {at} costs is not known, so its tokens do not count towards LIMIT_DAY_COST and "
    "LIMIT_DAY_COST_ALL. Set its prices (0 where it is free): LLM_PRICE_IN and LLM_PRICE_OUT, or those of the named "
    "endpoint."
)


async def check(settings: Settings, *, fix: bool = False, ready: str | None = None) -> int:
    """Look at everything, print a line for each finding.

    Out: 1 if something must be mended, or if the command `ready` still needs something, else 0.
    `fix`: put right on Discord what a bot may set there itself.
    """
    report = Report()
    dials = settings.discussion
    report.fine(f"Settings: {dials.turns} turns a table, {dials.pace:g} s between two.")
    personas = _check_files(settings, report)
    with report.concerning("run"):
        database = await check_database(settings.database_url, report)
    for sentence in exposed_files(settings.database_file):
        report.note(sentence)
    await check_portraits(personas, report)
    await _check_endpoints(settings, personas, report)
    with report.concerning("demo"):
        if find_spec("simcord") is None:
            report.needs("its extra (pip install 'roundtable-bot[demo]')")
    with report.concerning("run"):
        await check_discord(settings, report, fix=fix, database=database)
    print(f"\n{report.outcome}")
    return 1 if report.faults or (ready and not report.is_ready(ready)) else 0


def _check_files(settings: Settings, report: Report) -> list[Persona]:
    personas, persona_problems = read_personas(settings.personas_dir, settings.endpoints)
    tasks, task_problems = read_tasks(settings.tasks_dir)
    names = ", ".join(p.name for p in personas)
    _files(report, f"Personas in {settings.personas_dir}: {names}.", persona_problems)
    for sentence in [*unread_files(settings.personas_dir), *near_copies(personas)]:
        report.note(f"Personas in {settings.personas_dir}: {sentence}")
    _files(report, f"Tasks in {settings.tasks_dir}: {', '.join(t.name for t in tasks)}.", task_problems)
    return personas


def _files(report: Report, fine: str, faults: list[FileProblem]) -> None:
    for fault in faults:
        report.fault(str(fault))
    if not faults:
        report.fine(fine)


async def _check_endpoints(settings: Settings, personas: list[Persona], report: Report) -> None:
    async with AsyncExitStack() as stack:
        try:
            settings = await stack.enter_async_context(with_local_model(settings, wait=True))
        except UnusableModel as problem:
            report.fault(f"Endpoint: {problem}")
            settings = settings.model_copy(update={"llm_gguf": None})
        else:
            if settings.llm_base_url is None:
                await _tell_of_no_endpoint(settings, report)
        if settings.llm_base_url is None and not settings.endpoints:
            return
        endpoints = await stack.enter_async_context(open_endpoints(settings))
        asked = [e for e in endpoints.every(personas) if e is not endpoints.default or settings.llm_base_url]
        for endpoint in asked:
            await _check_endpoint(endpoint, settings, report)
            if others := endpoints.fallbacks_of(endpoint):
                report.fine(f"Endpoint: when {endpoint.base_url} fails, turns go to {', '.join(others)}.")
        for host in hosts_away(endpoint.base_url for endpoint in asked):
            report.note(
                f"Endpoint: {host} is on the internet: what members write goes to it. Make sure that it does not train "
                "on it, which Discord forbids (docs/discord.md)."
            )


async def _tell_of_no_endpoint(settings: Settings, report: Report) -> None:
    report.note(no_endpoint(settings))
    if not settings.means_the_dummy:
        with report.concerning("run"):
            report.needs("LLM_BASE_URL")
    for server in await servers_near_by():
        report.fine(f"Endpoint: {server.in_words}. To use it, write into .env: {' and '.join(server.lines)}")


async def _check_endpoint(endpoint: Endpoint, settings: Settings, report: Report) -> None:
    try:
        completion = await endpoint.try_out(patient=True)
    except RoundtableError as error:
        report.fault(f"Endpoint: {error}")
        return
    window = f"a context window of {endpoint.window:,} tokens" if endpoint.window else "an unknown context window"
    report.fine(
        f"Endpoint: {endpoint.base_url} answers with {endpoint.model} in {completion.latency_ms:.0f} ms, {window}."
    )
    has_cap = bool(settings.limit_day_cost or settings.limit_day_cost_all)
    if has_cap and endpoint.cost(1, 1, told=completion.told_cost) is None:
        report.note(_NO_PRICE.format(model=endpoint.model, at=endpoint.base_url))
    for sentence in endpoint.remarks:
        report.note(sentence)
    if endpoint.peculiarities:
        report.fine(f"Endpoint: {endpoint.base_url}: {endpoint.peculiarities}.")
