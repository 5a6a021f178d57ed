"""`roundtable personas`: character cards and persona files brought into the folder of personas, or only looked at."""

import os
import re
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from bot.discussion.model.persona import Persona
from bot.errors import RoundtableError
from bot.library.file_problem import UnusableFile
from bot.library.files import personas_by_file, read_personas, unknown_endpoints
from bot.library.persona_export import exported
from bot.library.persona_file import cast_problems
from bot.library.persona_import import HOST_FIELDS, IMPORT_BYTES, ImportedPersona, imported

# File systems take 255 bytes, of which a letter may need four.
_STEM_LENGTH: Final = 40
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_KEPT_BY_WINDOWS: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


def import_personas(
    files: Sequence[Path], folder: Path, endpoints: Collection[str], *, name: str = "", force: bool = False
) -> int:
    """Bring each file's persona into `folder` and say what was taken and what not. Out: 1 if any of them failed.

    `endpoints`: those that the settings name. `name`: what it is to be called, for one file. `force`: replace files
    that are there. Raises RoundtableError where nothing can be brought anywhere.
    """
    if not folder.is_dir():
        raise RoundtableError(f"{folder} is not a folder. Set PERSONAS_DIR (or --personas) to one that is.")
    if name and len(files) > 1:
        raise RoundtableError("--name is for one file. Bring the others in without it.")
    failed = False
    for file in files:
        try:
            found = _read(file, name)
            _report(found, _bring_in(file, found, folder, endpoints, force=force))
        except RoundtableError as error:
            failed = True
            print(error, file=sys.stderr)
    return int(failed)


def check_folder(folder: Path, endpoints: Collection[str]) -> int:
    """Say whether every persona of `folder` can be seated. Out: 1 if one can't."""
    personas, problems = read_personas(folder, endpoints)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        names = ", ".join(persona.name for persona in personas)
        print(f"All is right with the {len(personas)} persona{'' if len(personas) == 1 else 's'} in {folder}: {names}.")
    return int(bool(problems))


def check_personas(files: Sequence[Path]) -> int:
    """Say what would be taken of each file. Out: 1 if any of them can't be taken."""
    failed = False
    for file in files:
        try:
            found = _read(file)
            picture = "with a picture" if found.picture else "without a picture"
            size = f"{len(found.persona.prompt):,} characters"
            _report(found, f"{file} holds {_called(found.persona)}: {size}, {picture}.")
        except RoundtableError as error:
            failed = True
            print(error, file=sys.stderr)
    return int(failed)


def list_personas(folder: Path, endpoints: Collection[str]) -> int:
    """Print who is in `folder`, and what is wrong there. Out: 1 if anything is."""
    _, problems = read_personas(folder, endpoints)
    for file, persona in personas_by_file(folder).items() if folder.is_dir() else ():
        print(f"{_called(persona)}  [{file.name}]")
    for problem in problems:
        print(problem, file=sys.stderr)
    return int(bool(problems))


def _read(file: Path, name: str = "") -> ImportedPersona:
    try:
        with file.open("rb") as opened:
            data = opened.read(IMPORT_BYTES + 1)
    except OSError as error:
        raise RoundtableError(f"{file} can't be read ({error.strerror}).") from None
    return imported(data, file.name, name=name, by_host=True)


def _bring_in(file: Path, found: ImportedPersona, folder: Path, endpoints: Collection[str], *, force: bool) -> str:
    """Write the persona's files, if nothing there would be the worse for it. Out: a sentence about where it is."""
    stem = _stem(found.persona.name)
    target, face = folder / f"{stem}.json", folder / f"{stem}.png"
    there = [path for path in (target, face) if path.exists() and (found.picture or path != face)]
    if there and not force:
        raise RoundtableError(f"{file}: {there[0]} is there already. --force replaces it.")
    others = [(str(path), one) for path, one in personas_by_file(folder).items() if path not in (target, face)]
    problems = unknown_endpoints(file, found.persona, endpoints)
    problems += [fault for fault in cast_problems([*others, (str(file), found.persona)]) if fault.file == str(file)]
    if problems:
        raise UnusableFile(problems)
    written = {target: exported(found.persona, face.name if found.picture else None)}
    # The picture first: a persona file that names one which is not there is a fault.
    _write(({face: found.picture} if found.picture else {}) | written)
    return f"{file}: {_called(found.persona)} is now in {target}" + (
        f", its picture in {face}." if found.picture else "."
    )


def _write(files: dict[Path, bytes]) -> None:
    """Write all of the files or none: each under another name first, which nobody reads."""
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in files}
    try:
        for path, data in files.items():
            drafts[path].write_bytes(data)
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        raise RoundtableError(f"{error.filename or 'A file'} can't be written ({error.strerror}).") from None
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _stem(name: str) -> str:
    """A file's name that every system takes, out of a persona's: its letters and digits, with hyphens between."""
    stem = re.sub(r"[\W_]+", "-", name.lower())[:_STEM_LENGTH].strip("-")
    return f"persona-{stem}".strip("-") if not stem or _KEPT_BY_WINDOWS.fullmatch(stem) else stem


def _called(persona: Persona) -> str:
    return persona.name if persona.full_name == persona.name else f"{persona.name} ({persona.full_name})"


def _report(found: ImportedPersona, sentence: str) -> None:
    print(sentence)
    if asked := [field for field in HOST_FIELDS if getattr(found.persona, field) is not None]:
        print(f"  Taken over: {', '.join(asked)} (how its model is asked; look whether you want that).")
    for left_out in found.left_out:
        print(f"  {left_out}")
