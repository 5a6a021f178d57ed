"""Files of strangers: names that climb out of the folder, links, huge files, pictures that are none."""

import io
import os
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.posting.avatars import _picture
from bot.errors import UserError
from bot.library.files import read_personas, read_task, read_tasks
from bot.library.portrait import AVATAR_BYTES
from tests.support.simulated_bot import CATALOGUE
from tests.support.written_files import AINO, PNG, put

OUTSIDE = ["../secret", "/etc/passwd", "..\\secret", "C:\\secret", "~/secret", "bread/../../secret", "\x00", "."]
links = pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")


# --- names ---


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_in_a_command_is_looked_up_and_never_a_path(name: str) -> None:
    with pytest.raises(UserError, match="There is no task called"):
        CATALOGUE.task(name)
    with pytest.raises(UserError, match="There is no persona called"):
        CATALOGUE.persona(name)


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_portrait_lies_beside_its_persona(tmp_path: Path, name: str) -> None:
    put(tmp_path / "secret.png", PNG)
    put(tmp_path / "personas" / "aino.json", AINO | {"avatar": f"{name}.png"})
    personas, faults = read_personas(tmp_path / "personas")
    assert personas == []
    assert [fault.field for fault in faults] == ["avatar"]


def test_a_personas_name_is_no_path_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may look like one: nothing is ever opened by it."""
    file = put(tmp_path / "personas" / "aino.json", AINO | {"name": "../secret", "full_name": "/etc/passwd"})
    put(tmp_path / "secret.png", PNG)
    open_file, opened = io.open, set()

    def watched(path: Any, *how: Any, **further: Any) -> Any:
        opened.add(Path(path))
        return open_file(path, *how, **further)

    monkeypatch.setattr(io, "open", watched)
    (persona,), faults = read_personas(tmp_path / "personas")
    assert (persona.name, faults) == ("../secret", [])
    assert opened == {file}


@pytest.mark.parametrize("name", ["http://169.254.169.254/latest", "//host", "host:8000", "127.0.0.1", "wise", "a b"])
def test_a_persona_names_an_endpoint_of_the_settings_and_no_address(tmp_path: Path, name: str) -> None:
    put(tmp_path / "aino.json", AINO | {"endpoint": name})
    personas, faults = read_personas(tmp_path, ["fast"])
    assert personas == []
    assert [fault.field for fault in faults] == ["endpoint"]


# --- links ---


@links
@pytest.mark.parametrize("file", ["context.txt", "questions.txt", "discuss_instructions.txt"])
def test_a_tasks_link_out_of_the_folder_is_not_followed(tmp_path: Path, file: str) -> None:
    put(tmp_path / ".env", "DISCORD_TOKEN=very-secret?")
    put(tmp_path / "tasks" / "bread" / "questions.txt", "Who bakes?")
    link = tmp_path / "tasks" / "bread" / file
    link.unlink(missing_ok=True)
    link.symlink_to("../../.env")
    tasks, faults = read_tasks(tmp_path / "tasks")
    assert tasks == []
    assert "is a link that leads out of the folder" in str(faults[0])
    assert "very-secret" not in " ".join(map(str, faults))
    assert read_task(tmp_path / "tasks" / "bread")[0] is None


@links
def test_nor_is_a_personas(tmp_path: Path) -> None:
    put(tmp_path / "other.json", AINO)
    put(tmp_path / "other.png", PNG)
    folder = tmp_path / "personas"
    put(folder / "ravi.json", {"name": "Ravi", "full_name": "Ravi Menon", "prompt": "x", "avatar": "face.png"})
    (folder / "aino.json").symlink_to(tmp_path / "other.json")
    (folder / "face.png").symlink_to(tmp_path / "other.png")
    personas, faults = read_personas(folder)
    assert personas == []
    assert [(Path(f.file).name, f.field) for f in faults] == [("aino.json", ""), ("ravi.json", "avatar")]


@links
def test_links_inside_the_folder_and_a_folder_that_is_one_are_fine(tmp_path: Path) -> None:
    """As Kubernetes mounts files, and as people lay out their disks."""
    put(tmp_path / "real" / "..data" / "bread" / "questions.txt", "Who bakes?")
    (tmp_path / "real" / "bread").symlink_to("..data/bread")
    (tmp_path / "tasks").symlink_to("real")
    tasks, faults = read_tasks(tmp_path / "tasks")
    assert ([task.name for task in tasks], faults) == (["bread"], [])


# --- pictures ---


def test_a_picture_of_50_megabytes_is_refused_unread(tmp_path: Path) -> None:
    with put(tmp_path / "face.png", PNG).open("r+b") as file:
        file.truncate(50 * 1024 * 1024)
    put(tmp_path / "aino.json", AINO | {"avatar": "face.png"})
    tracemalloc.start()
    _, (fault,) = read_personas(tmp_path)
    with pytest.raises(ValueError, match="more than"):  # exchanged after the check
        _picture(tmp_path / "face.png")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "has 52,428,800 bytes" in str(fault)
    assert peak < 2 * 1024 * 1024


@pytest.mark.parametrize("content", [b"MZ\x90\x00", b"<svg onload='x'/>", b"<html>", b"%PDF-1.7", b"", b"\x00" * 64])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    put(tmp_path / "face.png", content)
    put(tmp_path / "aino.json", AINO | {"avatar": "face.png"})
    _, (fault,) = read_personas(tmp_path)
    assert "is not an image" in str(fault)


def test_a_decompression_bomb_stays_packed(tmp_path: Path) -> None:
    """A picture of 60,000 × 60,000 pixels in a few kilobytes: the bot passes on its bytes and looks into none."""
    header = b"IHDR" + (60_000).to_bytes(4) * 2 + b"\x08\x02\x00\x00\x00"
    pixels = b"IDAT" + zlib.compress(bytes(10_000_000), 9)
    chunks = b"".join(len(c[4:]).to_bytes(4) + c[4:] + zlib.crc32(c).to_bytes(4) for c in (header, pixels, b"IEND"))
    bomb = put(tmp_path / "face.png", b"\x89PNG\r\n\x1a\n" + chunks)
    put(tmp_path / "aino.json", AINO | {"avatar": "face.png"})
    (persona,), faults = read_personas(tmp_path)
    assert faults == []
    tracemalloc.start()
    assert _picture(Path(persona.avatar or "")) == bomb.read_bytes()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * AVATAR_BYTES


# --- anything at all ---


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["questions.txt", "context.txt", "instructions.txt"]), st.binary(max_size=300)))
def test_any_bytes_make_a_task_or_faults(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    folder = tmp_path_factory.mktemp("task")
    for name, content in files.items():
        put(folder / name, content)
    task, faults = read_task(folder)
    assert (task is None) == bool(faults)
    if task:
        assert all(0 < len(question) <= 300 for question in task.questions)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=40))
def test_any_bytes_make_a_persona_or_faults(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, image: bytes
) -> None:
    folder = tmp_path_factory.mktemp("personas")
    put(folder / "a.json", content)
    put(folder / "b.json", AINO | {"avatar": "b.png"})
    put(folder / "b.png", image)
    personas, faults = read_personas(folder)
    assert len(personas) + len({fault.file for fault in faults}) >= 2
