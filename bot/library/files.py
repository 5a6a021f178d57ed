"""Personas and tasks from files: reads them, and gathers everything that is wrong with them before anything starts."""

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.task import DEFAULT_DISCUSS, DEFAULT_SUMMARIZE, Task
from bot.endpoint_settings import DEFAULT_ENDPOINT, fallback_problem
from bot.library.file_problem import FileProblem
from bot.library.persona_file import cast_problems, read_persona

# Discord takes an application emoji (our way of serving a local portrait) up to this size:
# https://discord.com/developers/docs/resources/emoji
AVATAR_BYTES: Final = 256 * 1024
# A persona or task file is a few hundred words; anything near this size is not one.
TEXT_BYTES: Final = 256 * 1024

_IMAGE_STARTS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_QUESTION_LENGTH: Final = 300
_LINK: Final = "is a link that leads out of the folder."


def read_personas(folder: Path, endpoints: Collection[str] = ()) -> tuple[list[Persona], list[FileProblem]]:
    """Every `*.json` in `folder`, in natural order (role2 before role10).

    A portrait's file name becomes its full path. `endpoints` are the names a persona may ask for. Out: the sound
    personas, and every fault of the others.
    """
    if not folder.is_dir():
        return [], [
            FileProblem(str(folder), "", "is not a folder.", "Set PERSONAS_DIR (or --personas) to one that is.")
        ]
    files = sorted((p for p in _inside(folder) if p.suffix.lower() == ".json"), key=lambda path: natural(path.name))
    if not files:
        return [], [FileProblem(str(folder), "", "holds no persona.", "Put at least one *.json file there.")]
    personas: list[Persona] = []
    named: list[tuple[str, Persona]] = []
    problems: list[FileProblem] = []
    for path in files:
        text, of_file = _read_text(path, folder)
        if not of_file:
            persona, nameplate, of_file = _parse(path, text, folder)
            if persona and (unknown := _unknown_endpoints(path, persona, endpoints)):
                of_file = unknown
            elif persona:
                personas.append(persona)
            if nameplate:
                named.append((str(path), nameplate))
        problems += of_file
    return personas, problems + cast_problems(named)


def read_task(folder: Path, within: Path | None = None) -> tuple[Task | None, list[FileProblem]]:
    """One task folder. `questions.txt` is needed; the others have defaults. Out: the task, or None with what is wrong.

    No file may lead out of `within` (default: the folder itself).
    """
    if not folder.is_dir():
        return None, [FileProblem(str(folder), "", "is not a folder.", "Name a task folder.")]
    problems: list[FileProblem] = []

    def text_of(*names: str) -> str | None:
        path = next((folder / name for name in names if (folder / name).exists()), None)
        if path is None:
            return None
        text, of_file = _read_text(path, within or folder)
        problems.extend(of_file)
        return text if text.strip() else ""

    context = text_of("context.txt") or ""
    discuss = text_of("discuss_instructions.txt", "instructions.txt") or DEFAULT_DISCUSS
    summarize = text_of("summarize_instructions.txt") or DEFAULT_SUMMARIZE
    questions_file = folder / "questions.txt"
    raw_questions = text_of("questions.txt")
    # A question that stands there twice is one question of the agenda.
    questions = tuple(dict.fromkeys(line.strip() for line in (raw_questions or "").splitlines() if line.strip()))
    if raw_questions is None:
        problems.append(FileProblem(str(questions_file), "", "is missing.", "Write one question a line into it."))
    elif not questions and not any(f.file == str(questions_file) for f in problems):
        problems.append(
            FileProblem(str(questions_file), "", "holds no question.", "Write one question a line into it.")
        )
    for number, question in enumerate((raw_questions or "").splitlines(), 1):
        if len(question.strip()) > _QUESTION_LENGTH:
            found = f"has {len(question.strip())} characters."
            fix = f"Keep a question under {_QUESTION_LENGTH}; put the background into context.txt."
            problems.append(FileProblem(str(questions_file), f"line {number}", found, fix))
    if problems:
        return None, problems
    name = folder.resolve().name
    return Task(name=name, context=context, questions=questions, discuss=discuss, summarize=summarize), []


def read_tasks(folder: Path) -> tuple[list[Task], list[FileProblem]]:
    """Every task folder inside `folder`, or `folder` itself when it is one (the original single-task layout)."""
    if not folder.is_dir():
        return [], [FileProblem(str(folder), "", "is not a folder.", "Set TASKS_DIR to one that is.")]
    inside = sorted((p for p in _inside(folder) if _looks_like_task(p)), key=lambda path: natural(path.name))
    folders = inside or ([folder] if _looks_like_task(folder) else [])
    if not folders:
        fix = "Make a folder in it with questions.txt (one question a line)."
        return [], [FileProblem(str(folder), "", "holds no task folder.", fix)]
    read = [read_task(path, folder) for path in folders]
    return [task for task, _ in read if task], [problem for _, problems in read for problem in problems]


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key that counts digits as numbers: role2 comes before role10."""
    return [(int(part), "") if part.isdigit() else (-1, part.casefold()) for part in re.split(r"(\d+)", name)]


def _looks_like_task(path: Path) -> bool:
    # A folder with any *.txt is meant to be a task: with questions.txt missing it is a fault, not silently left out.
    return path.is_dir() and any(p.suffix == ".txt" for p in _inside(path))


def _inside(folder: Path) -> list[Path]:
    # Dot files are the system's business (".DS_Store", "._role1.json"), and so is a folder that may not be read.
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return []


def _leads_out(path: Path, folder: Path) -> bool:
    """Whether a link makes `path` a file outside of `folder`: a task from elsewhere could so show any file of the host.

    Links inside the folder are fine (Kubernetes mounts files so), and so is a folder that is itself a link.
    """
    return not path.resolve().is_relative_to(folder.resolve())


def _read_text(path: Path, folder: Path) -> tuple[str, list[FileProblem]]:
    try:
        if _leads_out(path, folder):
            return "", [FileProblem(str(path), "", _LINK, "Put a copy of the file there.")]
        if not path.is_file():
            return "", [FileProblem(str(path), "", "is not a file.", "Put a text file there.")]
        if (size := path.stat().st_size) > TEXT_BYTES:
            return "", [FileProblem(str(path), "", f"has {size:,} bytes.", f"Keep it under {TEXT_BYTES:,}.")]
        with path.open("rb") as file:
            return file.read(TEXT_BYTES).decode("utf-8-sig"), []
    except OSError as error:
        return "", [
            FileProblem(str(path), "", f"can't be read ({error.strerror}).", "Check the file and its permissions.")
        ]
    except UnicodeDecodeError as error:
        found = f"is not UTF-8 (byte {error.object[error.start]:#04x} at position {error.start})."
        return "", [FileProblem(str(path), "", found, "Save the file as UTF-8.")]


def _parse(path: Path, text: str, folder: Path) -> tuple[Persona | None, Persona | None, list[FileProblem]]:
    """The persona, or None with every fault; and, as soon as there is a name, who takes which name in the folder."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        fix = "Check the quotes, commas and braces there."
        return None, None, [FileProblem(str(path), f"line {error.lineno}", f"is not valid JSON ({error.msg}).", fix)]
    except (RecursionError, ValueError):  # ValueError: a number of more than 4,300 digits
        fix = "Write one flat JSON object."
        return None, None, [FileProblem(str(path), "", "is not valid JSON (nested too deeply, or a huge number).", fix)]
    persona, problems = read_persona(str(path), data)
    avatar = data.get("avatar") if isinstance(data, dict) else None
    avatar = avatar.strip() if isinstance(avatar, str) and not any(f.field == "avatar" for f in problems) else ""
    if avatar and not avatar.startswith("https://"):
        image = path.parent / avatar
        problems += _image_problems(path, image, folder)
        persona = persona and persona.model_copy(update={"avatar": str(image.resolve())})
    return (None if problems else persona), persona or _nameplate(data), problems


def _unknown_endpoints(path: Path, persona: Persona, known: Collection[str]) -> list[FileProblem]:
    """What of the endpoints that a persona names the settings do not have."""
    problems: list[FileProblem] = []
    if (name := persona.endpoint) and name not in known:
        found = f'"{name}" is no endpoint in the settings ({", ".join(known) or "they name none"}).'
        variable = f"ENDPOINT_{name.upper()}_BASE_URL"
        problems.append(FileProblem(str(path), "endpoint", found, f"Correct it, leave it out, or set {variable}."))
    if problem := fallback_problem(persona.fallback or (), persona.endpoint or DEFAULT_ENDPOINT, known):
        problems.append(FileProblem(str(path), "fallback", f"it {problem}.", "Correct it or leave it out."))
    return problems


def _nameplate(data: Any) -> Persona | None:
    """Just the names of a persona that can't be used yet, so that a clash is told along with its other faults."""
    name, full_name = (data.get("name"), data.get("full_name")) if isinstance(data, dict) else (None, None)
    name, full_name = (n.strip() if isinstance(n, str) else "" for n in (name, full_name))
    if not name and not full_name:
        return None
    return Persona.model_construct(name=name or full_name, full_name=full_name or name)


def _image_problems(path: Path, image: Path, folder: Path) -> list[FileProblem]:
    def problem(found: str, fix: str) -> list[FileProblem]:
        return [FileProblem(str(path), "avatar", f'"{image.name}" {found}', fix)]

    try:
        if _leads_out(image, folder):
            return problem(_LINK, "Put a copy of the image there.")
        if not image.is_file():
            return problem("is not beside it.", "Add the image or leave the field out.")
        if (size := image.stat().st_size) > AVATAR_BYTES:
            return problem(f"has {size:,} bytes.", f"Discord takes {AVATAR_BYTES:,} bytes; 128×128 pixels are enough.")
        with image.open("rb") as file:
            start = file.read(12)
    except OSError as error:
        return problem(f"can't be read ({error.strerror}).", "Check the file and its permissions.")
    is_webp = start.startswith(b"RIFF") and start.endswith(b"WEBP")
    if not is_webp and not start.startswith(_IMAGE_STARTS):
        return problem("is not an image.", "Use PNG, JPEG, GIF or WebP.")
    return []
