"""The benches of speed at a tiny size: they run, and their JSON holds what docs/performance.md tells of."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from bench import fakes, load, overhead
from bench.contestants import PERSONAS_FOLDER, TASK_FOLDER, percentile
from bench.peers.venv import peers_python
from bench.processes import REPOSITORY

pytestmark = pytest.mark.long


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert [percentile(values, p) for p in (1, 50, 99, 100)] == [1, 50, 99, 100]
    assert percentile([7.0], 50) == 7


def test_the_overhead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "overhead.json"
    assert overhead.main(["--rounds", "1", "--turns", "3", "--no-peers", "--json", str(file)]) == 0
    figures = json.loads(file.read_text())
    assert figures["unit"] == "ms a turn"
    for name in ("ours", "floor"):
        assert set(figures["contestants"][name]) == {"wall_p50", "wall_p99", "cpu_p50", "cpu_p99", "cpu"}
        assert all(value > 0 for value in figures["contestants"][name].values())
    parts = figures["cpu_of_ours"]
    assert set(parts) == {"client", "database", "engine", "waits", "together"}
    assert all(parts[name] > 0 for name in overhead.PARTS)
    lines = capsys.readouterr().out.splitlines()
    assert {"ours", "floor", *parts} <= {line.split()[0] for line in lines if line}


def test_the_load(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_MOST_SESSIONS", (2, 2))
    file = tmp_path / "load.json"
    size = ["--sessions", "2", "--pace", "0.3", "--delay", "0.05", "--watch", "1", "--idle", "4"]
    assert load.main([*size, "--json", str(file)]) == 0
    figures = json.loads(file.read_text())
    (run,) = figures["runs"]
    assert (run["sessions"], run["stalled"]) == (2, 0)
    assert run["ideal_per_s"] == pytest.approx(2 / 0.3)
    assert 0 < run["turns_per_s"] < run["ideal_per_s"]
    assert set(run["late_ms"]) == set(run["loop_lag_ms"]) == {"p50", "p99"}
    assert run["cpu_ms_per_turn"] > 0
    assert figures["most"]["turns"] > 0
    assert figures["idle"]["sessions"] == 3
    assert run["stored_turns"] > run["turns"] > 0
    assert run["database_mb"] > 0
    out = capsys.readouterr().out
    assert "a table at rest takes" in out
    assert f"its database of {run['stored_turns']:,} turns has" in out


@pytest.mark.skipif(peers_python() is None, reason="needs the environment that `python -m bench.peers.venv` makes")
async def test_the_peer_s_chat() -> None:
    async with fakes.running("endpoint") as url:
        options = {"base-url": url, "model": fakes.MODEL, "personas": PERSONAS_FOLDER, "task": TASK_FOLDER}
        asked = [f"--{name}={value}" for name, value in (options | {"turns": 3, "cast": "Bayo,Aino"}).items()]
        script = str(REPOSITORY / "bench" / "peers" / "autogen_chat.py")
        command = [str(peers_python()), script, *asked]
        output = (await asyncio.to_thread(subprocess.run, command, stdout=subprocess.PIPE, check=True)).stdout
    chat = json.loads(output)
    assert chat["error"] is None
    assert chat["turns_taken"] == 3
    assert [turn["speaker"] for turn in chat["turns"]] == ["Bayo", "Aino", "Bayo"]
    assert all(turn["text"] and turn["wall_ms"] > 0 for turn in chat["turns"])
    assert chat["cpu_s"] > 0
