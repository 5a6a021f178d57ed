"""`roundtable discuss` and `roundtable check` against each vendor's server: a discussion ends or says why it can't."""

import io
from pathlib import Path
from typing import Any

import pytest

from bot.check import check
from bot.discuss import discuss
from bot.discussion.model.dials import Dials
from bot.settings import Settings
from bot.terminal import TerminalStage
from tests.support.endpoint_stand_in import ScriptedEndpoint, gives
from tests.support.samples import CAST, TASK
from tests.support.vendor_model_lists import LISTS
from tests.support.vendor_stand_in import VENDORS, Vendor

KEY = "sk-of-the-host-0123456789"


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.02)


def settings(url: str, tmp_path: Path, **values: Any) -> Settings:
    file = tmp_path / "roundtable.db"
    given = {"llm_base_url": url, "llm_api_key": KEY, "llm_max_tokens": 60, "llm_retries": 2}
    given |= {"database_url": f"sqlite+aiosqlite:///{file}", "llm_reasoning_tokens": 0}
    return Settings(_env_file=None, **given | values)  # type: ignore[arg-type]


async def held(server: ScriptedEndpoint, chosen: Settings, **dials: Any) -> tuple[str | None, str]:
    """A discussion: why it could not be finished, if so, and what was printed."""
    out = io.StringIO()
    reason = await discuss(
        chosen,
        task=TASK,
        cast=CAST,
        dials=Dials.model_validate({"pace": 0, "turns": 4} | dials),
        seed=3,
        stage=TerminalStage(out, colour=False),
    )
    return reason, out.getvalue()


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
async def test_a_discussion_ends_or_says_why(server: ScriptedEndpoint, tmp_path: Path, vendor: Vendor) -> None:
    vendor.at(server)
    dials = {"turns": 4} | vendor.dials
    reason, printed = await held(server, settings(server.url, tmp_path, **vendor.settings), **dials)
    if vendor.pauses:
        assert f"The LLM endpoint at {server.host} {vendor.pauses}" in (reason or "")
        assert f"⏸ The discussion stops here. {(reason or '').split()[0]}" in printed
        assert len(server.asked) <= 3
    else:
        assert reason is None
        assert "🏁 The table is closed." in printed
        choices = dials["turns"] - 1 if dials.get("floor") == "moderator" else 0
        usual = dials["turns"] + choices + 1
        assert usual < len(server.asked) <= usual + vendor.more_calls, "refused, and then no more than needed"
    assert KEY not in printed


STREAMED = ("xAI: a parameter", "Groq: an added parameter", "OpenRouter, 200: too long", "Gemini: too fast")


@pytest.mark.parametrize("name", [*STREAMED, "LM Studio, path: refused"])
async def test_the_same_where_answers_are_streamed(server: ScriptedEndpoint, tmp_path: Path, name: str) -> None:
    vendor = VENDORS[name]
    vendor.at(server)
    reason, _ = await held(server, settings(server.url, tmp_path, llm_stream=True, **vendor.settings), **vendor.dials)
    assert vendor.pauses in (reason or "")
    assert bool(reason) == bool(vendor.pauses)
    assert all(request.body["stream"] for request in server.asked)


SHORT = {name: vendor for name, vendor in VENDORS.items() if "too long" not in name}


@pytest.mark.parametrize("vendor", SHORT.values(), ids=SHORT)
async def test_check_says_the_truth(
    server: ScriptedEndpoint, tmp_path: Path, vendor: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.at(server)
    await check(settings(server.url, tmp_path, **vendor.settings))
    said = capsys.readouterr().out
    mark, words = vendor.check.split(" ", 1)
    line = next(line for line in said.splitlines() if "Endpoint: " in line)
    assert line.startswith(mark)
    assert words.replace("HOST", server.host) in line
    assert KEY not in said


@pytest.mark.parametrize(("models", "name", "window"), LISTS.values(), ids=LISTS)
async def test_the_first_model_that_speaks_is_taken_with_its_window(
    server: ScriptedEndpoint,
    tmp_path: Path,
    models: Any,
    name: str,
    window: int | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.models = models
    await check(settings(server.url, tmp_path))
    said = capsys.readouterr().out
    told = f"a context window of {window:,} tokens" if window else "an unknown context window"
    assert f"✓ Endpoint: {server.url} answers with {name} in " in said
    assert told in said
    assert server.asked[0].body["model"] == name


@pytest.mark.parametrize(
    ("owner", "path", "own", "window"),
    [
        ("organization_owner", "/api/v0/models", {"data": [{"id": "m", "loaded_context_length": 4321}]}, 4321),
        ("organization_owner", "/api/v0/models", {"data": [{"id": "m", "max_context_length": 8765}]}, 8765),
        ("library", "/api/ps", {"models": [{"name": "m:latest", "context_length": 2048}]}, 2048),
        ("library", "/api/ps", {"models": []}, None),
        ("library", "/api/ps", "404 page not found", None),
    ],
    ids=["LM Studio, loaded", "LM Studio", "Ollama, loaded", "Ollama", "an older one"],
)
async def test_a_window_that_only_the_servers_own_list_tells(
    server: ScriptedEndpoint,
    tmp_path: Path,
    owner: str,
    path: str,
    own: Any,
    window: int | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.models = gives({"data": [{"id": "m", "owned_by": owner}]})
    server.elsewhere = gives(own, 404 if isinstance(own, str) else 200)
    await check(settings(server.url, tmp_path))
    said = capsys.readouterr().out
    told = f"a context window of {window:,} tokens" if window else "an unknown context window"
    assert told in said
    assert [request.path for request in server.requests].count(path) >= 1
    is_warned = "This looks like Ollama, which drops what is longer than its context without a word" in said
    assert is_warned == (owner == "library" and window is None)
