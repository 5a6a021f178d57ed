"""A model's file that is served by the real process of `bot/llm/local`, on a stand-in for llama.cpp."""

import os
from pathlib import Path
from typing import Final

import pytest

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
