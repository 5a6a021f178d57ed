"""A model's file that is served by the real process of `bot/llm/local`, on a stand-in for llama.cpp."""

import hashlib
import os
from pathlib import Path
from typing import Final

import pytest

from bot.llm.local import small_model

FAKE_LLAMA: Final = Path(__file__).with_name("fake_llama")


def fake_llama(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the process of a model finds the stand-in in the place of llama.cpp, be that installed or not."""
    monkeypatch.setenv("PYTHONPATH", str(FAKE_LLAMA), prepend=os.pathsep)
    monkeypatch.setattr("bot.llm.local.serving.find_spec", lambda name: name)


def gguf(folder: Path, name: str = "Owl-4B") -> Path:
    """A file that begins as a model's does; what becomes of it is in its name (`fake_llama`)."""
    file = folder / f"{name}.gguf"
    file.write_bytes(b"GGUF" + bytes(60))
    return file


def taken_for_the_small_model(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """A file that is from now on the small model."""
    file = gguf(folder, "small")
    monkeypatch.setattr(small_model, "SIZE", file.stat().st_size)
    monkeypatch.setattr(small_model, "SHA256", hashlib.sha256(file.read_bytes()).hexdigest())
    return file
