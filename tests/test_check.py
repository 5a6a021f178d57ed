"""`roundtable check` says in words what is right and what is not."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.check import check
from bot.cli import main
from bot.llm.dummy.server import serve_dummy
from bot.settings import Settings
from bot.store.server_settings import APPLICATION
from bot.store.store import open_store
from tests.support.discord_stand_in import pointed_at, stand_in
from tests.support.endpoint_stand_in import Answer, fails, scripted_endpoint
from tests.support.written_files import put


def settings(tmp_path: Path, **values: object) -> Settings:
    file = tmp_path / "data" / "roundtable.db"
    given = {"database_url": f"sqlite+aiosqlite:///{file}", "llm_retries": 0} | values
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


async def test_a_fresh_checkout_is_right_and_says_what_is_still_to_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await check(settings(tmp_path)) == 0
    said = capsys.readouterr().out
    assert "✓ Personas in" in said
    assert "Aino" in said
    assert "will be made at the first start" in said
    assert "! LLM_BASE_URL is not set" in said
    assert "! DISCORD_TOKEN is not set" in said
    assert not (tmp_path / "data").exists(), "checking makes nothing"


async def test_every_fault_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    personas = tmp_path / "personas"
    personas.mkdir()
    (personas / "a.json").write_text(json.dumps({"name": "A", "full_name": "A B", "prompt": "x", "creativity": 1.7}))
    database = tmp_path / "notes.db"
    database.write_text("not a database at all, but long enough to look at " * 20)
    found = await check(
        settings(
            tmp_path,
            personas_dir=personas,
            tasks_dir=tmp_path / "nowhere",
            database_url=f"sqlite+aiosqlite:///{database}",
            llm_base_url="http://127.0.0.1:9/v1",
        )
    )
    said = capsys.readouterr().out
    assert found == 1
    for part in ("a.json: creativity: 1.7", "nowhere", "notes.db can't be read", "127.0.0.1:9 can't be reached"):
        assert part in said
    assert "\n4 to mend (✗ above). " in said
    assert said.endswith(
        "Ready for nothing yet; demo and discuss still need what is marked ✗; run still needs what is marked ✗ and "
        "DISCORD_TOKEN.\n"
    )


async def test_a_portrait_on_the_web_is_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = {"full_name": "A B", "prompt": "You are A."}
    for name, avatar in (
        ("A", "https://a.example/a.GIF"),
        ("B", "https://cdn.discordapp.com/attachments/1/2/b.png?ex=1"),
    ):
        put(tmp_path / "personas" / f"{name}.json", {"name": name, "avatar": avatar} | fields)
    assert await check(settings(tmp_path, personas_dir=tmp_path / "personas")) == 1
    said = capsys.readouterr().out
    assert "! Portrait of A: https://a.example/a.GIF is a GIF" in said
    assert "is a link to a Discord attachment, which expires within a day." in said


async def test_near_copies_are_noted_and_are_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    personas = tmp_path / "personas"
    personas.mkdir()
    for name in ("Aino", "Ravi"):
        card = f"You are {name}. You bake rye bread before dawn, count every grain and trust no oven you did not build."
        (personas / f"{name}.json").write_text(json.dumps({"name": name, "full_name": f"{name} K", "prompt": card}))
    assert await check(settings(tmp_path, personas_dir=personas)) == 0
    said = capsys.readouterr().out
    assert f"! Personas in {personas}: Aino K and Ravi K have nearly the same character card" in said
    assert said.endswith(
        "\n3 to think about (! above). Ready for demo and discuss; run still needs LLM_BASE_URL and DISCORD_TOKEN.\n"
    )


async def test_the_database_and_the_endpoint_are_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with serve_dummy(max_model_len=4096) as url:
        chosen = settings(tmp_path, llm_base_url=url)
        async with open_store(chosen.database_url, chosen.database_file):
            pass
        assert await check(chosen) == 0
    said = capsys.readouterr().out
    assert "roundtable.db, 0 open tables." in said
    assert "roundtable-dummy" in said
    assert "4,096 tokens" in said


@pytest.mark.parametrize(
    ("set_to", "told", "is_warned"),
    [
        ({"limit_day_cost": 2}, {}, True),
        ({"limit_day_cost_all": 2}, {}, True),
        ({}, {}, False),
        ({"limit_day_cost": 2, "llm_price_in": 0, "llm_price_out": 0}, {}, False),
        ({"limit_day_cost": 2}, {"cost": 0.001}, False),
        ({"limit_day_cost": 2, "llm_currency": "EUR"}, {"cost": 0.001}, True),
    ],
)
async def test_a_cap_on_costs_without_prices_is_warned_of(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    set_to: dict[str, Any],
    told: dict[str, float],
    is_warned: bool,
) -> None:
    async with scripted_endpoint() as server:
        server.answer = lambda request: Answer("Yes.", usage={"prompt_tokens": 3, "completion_tokens": 1, **told})
        await check(settings(tmp_path, llm_base_url=server.url, **set_to))
    assert ("costs is not known" in capsys.readouterr().out) == is_warned


async def test_a_window_too_small_for_the_answers_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for max_tokens, told in ((500, True), (100, False)):
        async with serve_dummy(max_model_len=1024) as url:
            await check(settings(tmp_path, llm_base_url=url, llm_max_tokens=max_tokens))
        said = capsys.readouterr().out
        assert (
            "! A context window of 1,024 tokens leaves hardly any for a prompt beside answers of 500" in said
        ) is told


async def test_every_endpoint_and_every_model_that_personas_name_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    personas = tmp_path / "personas"
    personas.mkdir()
    for name, more in [("A", {}), ("B", {"endpoint": "fast", "model": "mine"}), ("C", {"endpoint": "fats"})]:
        (personas / f"{name}.json").write_text(json.dumps({"name": name, "full_name": name, "prompt": "x"} | more))
    async with scripted_endpoint(models=["small"]) as fast:
        fast.answer = lambda request: fails(404) if request.body["model"] == "mine" else Answer()
        named = {"fast": {"base_url": fast.url}, "off": {"base_url": "http://127.0.0.1:9/v1"}}
        assert await check(settings(tmp_path, personas_dir=personas, endpoint=named)) == 1
    said = capsys.readouterr().out
    for part in (
        "! LLM_BASE_URL is not set: personas that name no endpoint babble from the embedded Markov dummy.",
        f"✓ Endpoint: {fast.url} answers with small in ",
        "set ENDPOINT_FAST_CONTEXT if long tables are refused",
        f"✗ Endpoint: The LLM endpoint at {fast.host} has no model “mine” (HTTP 404). Check the persona's “model”",
        "✗ Endpoint: The LLM endpoint at 127.0.0.1:9 can't be reached.",
        'C.json: endpoint: "fats" is no endpoint in the settings (fast, off).',
    ):
        assert part in said
    assert "3 to mend" in said


async def test_how_endpoints_are_asked_is_told_without_what_is_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    personas = tmp_path / "personas"
    personas.mkdir()
    persona = {"name": "A", "full_name": "A", "prompt": "You are A.", "extra_body": {"min_p": 0.1}}
    (personas / "a.json").write_text(json.dumps(persona))
    async with scripted_endpoint() as server, scripted_endpoint() as spare:
        values = {
            "llm_base_url": f"{server.url}?api-version=2024-10-21&sig=hush-query",
            "llm_extra_body": '{"top_p": 0.5}',
            "llm_extra_headers": '{"api-key": "hush-header"}',
            "llm_omit": "stop",
            "llm_fallback": "spare",
            "endpoint": {"spare": {"base_url": spare.url}},
        }
        assert await check(settings(tmp_path, personas_dir=personas, **values)) == 0
        assert [r.body.get("min_p") for r in server.asked] == [None, 0.1]
    said = capsys.readouterr().out
    usual = "never sends stop; headers api-key; query api-version, sig."
    for line in (
        f"✓ Endpoint: {server.url}: adds top_p; {usual}",
        f"✓ Endpoint: {server.url}: adds top_p, min_p; {usual}",
        f"✓ Endpoint: when {server.url} fails, turns go to spare.",
    ):
        assert line in said
    assert "hush" not in said


async def test_an_endpoint_on_the_internet_is_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # No such name can be: RFC 6761.
    named = {"fast": {"base_url": "https://models.invalid/v1"}, "wise": {"base_url": "https://models.invalid/v2"}}
    async with scripted_endpoint() as home:
        await check(settings(tmp_path, llm_base_url=home.url, llm_fallback="fast", endpoint=named))
    noted = [line for line in capsys.readouterr().out.splitlines() if "is on the internet" in line]
    assert noted == [
        "! Endpoint: models.invalid is on the internet: what members write goes to it. Make sure that it does not "
        "train on it, which Discord forbids (docs/discord.md)."
    ]


async def test_discord_is_asked_for_login_intents_and_permissions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stand_in(message_content=False) as server:
        with pointed_at(server):
            chosen = settings(tmp_path, discord_token=server.token)
            await check(chosen)
    said = capsys.readouterr().out
    assert "logged in as Roundtable" in said
    assert "Message Content intent is off" in said
    assert "oauth2/authorize" in said
    assert "`roundtable check --fix` sets that right." in said
    assert server.token not in said


@pytest.mark.parametrize(
    ("owner", "line"),
    [
        (None, "✓ Database: it belongs to no application yet; the next start makes it that of DISCORD_TOKEN."),
        ("own", "✓ Database: it belongs to the application of DISCORD_TOKEN."),
        ("7", "✗ The database that DATABASE_URL names belongs to the application 7; DISCORD_TOKEN is that of the "),
    ],
)
async def test_whether_token_and_database_go_together_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], owner: str | None, line: str
) -> None:
    async with stand_in() as server:
        with pointed_at(server):
            chosen = settings(tmp_path, discord_token=server.token, llm_base_url="dummy")
            async with open_store(chosen.database_url, chosen.database_file) as store:
                own = str(server.world.application_id)
                await store.remembered.put(APPLICATION, own if owner == "own" else owner)
            assert await check(chosen, ready="run") == (owner == "7")
    assert f"\n{line}" in capsys.readouterr().out


async def test_fix_is_typed(monkeypatch: pytest.MonkeyPatch, no_settings: None, tmp_path: Path) -> None:
    async with stand_in() as server:
        with pointed_at(server):
            monkeypatch.setenv("DISCORD_TOKEN", server.token)
            monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/roundtable.db")
            for arguments, changes in ((["check"], 0), (["check", "--fix"], 1)):
                assert await asyncio.to_thread(main, arguments) == 0
                assert len(server.world.requests_to("PATCH", "/applications/@me")) == changes


async def test_a_refused_token_is_told_without_showing_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with stand_in() as server:
        with pointed_at(server):
            assert await check(settings(tmp_path, discord_token="wrong.token.here")) == 1
    said = capsys.readouterr().out
    assert "Discord refused DISCORD_TOKEN. A token is shown only once" in said
    assert "→ Bot → Reset Token" in said
    assert "wrong.token.here" not in said
