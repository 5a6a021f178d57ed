"""Personas and tasks from files: reads them, and gathers everything that is wrong with them before anything starts."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.task import DEFAULT_DISCUSS, DEFAULT_SUMMARIZE, Task
from bot.endpoint_settings import DEFAULT_ENDPOINT, fallback_problem
from bot.library.character_card import read_card
from bot.library.file_problem import FileProblem
from bot.library.json_text import read_json
from bot.library.macros import expanded
from bot.library.option_lines import option_lines
from bot.library.persona_file import cast_problems, read_persona
from bot.library.png_card import card_in_png
from bot.library.portrait import AVATAR_BYTES, image_problems
from bot.library.question_lines import question_lines
from bot.library.task_format import format_in, options_problems
from bot.library.text_file import TEXT_BYTES, leads_out, read_text

_QUESTION_LENGTH: Final = 300
# Files that hold a persona in another notation, or in JSON under a name that editors and systems make of it.
_CHARX: Final = ".charx"
_NEARLY_JSON: Final = (".yaml", ".yml", ".toml", ".jsonc", ".json5", ".jsonl", ".json.txt", ".json.bak", _CHARX)


@dataclass(frozen=True, slots=True)
class _PersonaFile:
    """A file that was read: the persona, or None with every fault.

    `nameplate`: who takes which name in the folder, as soon as there is a name.
    """

    path: Path
    persona: Persona | None
    nameplate: Persona | None
    problems: list[FileProblem]


def read_personas(
    folder: Path, endpoints: Collection[str] = (), *, setting: str = "PERSONAS_DIR"
) -> tuple[list[Persona], list[FileProblem]]:
    """Every `*.json` in `folder`, and every PNG with a character card in it, in natural order (role2 before role10).

    A portrait's file name becomes its full path. `endpoints` are the names a persona may ask for. `setting`: what names
    the folder. Out: the personas that can sit together, and every fault of the others.
    """
    if fault := folder_fault(folder, setting, "Name a folder with persona files (*.json)."):
        return [], [fault]
    read = _persona_files(folder, endpoints)
    if not read:
        fix = " ".join(["Put at least one *.json file there.", *unread_files(folder)])
        return [], [FileProblem(f"{setting} {folder}", "", "holds no persona.", fix)]
    named = [(str(file.path), file.nameplate) for file in read if file.nameplate]
    problems = [problem for file in read for problem in file.problems]
    sound = [(str(file.path), file.persona) for file in read if file.persona]
    clashing = {fault.file for fault in cast_problems(sound)}
    return [persona for file, persona in sound if file not in clashing], problems + cast_problems(named)


def personas_by_file(folder: Path) -> dict[Path, Persona]:
    """The personas of a folder, those with faults as well as far as they have names, each by its file."""
    return {file.path: file.nameplate for file in _persona_files(folder, ()) if file.nameplate}


def _persona_files(folder: Path, endpoints: Collection[str]) -> list[_PersonaFile]:
    found = _inside(folder)
    read: list[_PersonaFile] = []
    for path in found:
        if path.suffix.lower() == ".json":
            text, wrong = read_text(path, folder)
            read.append(_PersonaFile(path, None, None, wrong) if wrong else _parse(path, text, folder, endpoints))
    # A picture that belongs to a persona file is its portrait, whatever else it holds.
    taken = {file.persona.avatar for file in read if file.persona} | {str(file.path.with_suffix("")) for file in read}
    pictures = [path for path in found if taken.isdisjoint({str(path.resolve()), str(path.with_suffix(""))})]
    cards = ((path, _card_of(path, folder)) for path in pictures)
    read += [_parse(path, card, folder, endpoints) for path, card in cards if card is not None]
    return sorted(read, key=lambda file: natural(file.path.name))


def unread_files(folder: Path) -> list[str]:
    """A sentence about each file beside the personas that looks like one and is none."""
    return [
        f"{path.name} is not read: `roundtable personas import` makes a persona of it."
        if path.suffix.lower() == _CHARX
        else f"{path.name} is not read: a persona is a JSON file, such as {path.name.split('.')[0]}.json."
        for path in sorted(_inside(folder), key=lambda path: natural(path.name))
        if path.name.lower().endswith(_NEARLY_JSON)
    ]


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
        text, of_file = read_text(path, within or folder)
        text, of_macros = expanded(str(path), "", text, "your character")
        problems.extend(of_file + of_macros)
        return text if text.strip() else ""

    context = text_of("context.txt") or ""
    discuss = text_of("discuss_instructions.txt", "instructions.txt") or DEFAULT_DISCUSS
    summarize = text_of("summarize_instructions.txt") or DEFAULT_SUMMARIZE
    questions_file = folder / "questions.txt"
    raw_questions = text_of("questions.txt")
    asked = question_lines(raw_questions or "")
    # A question that stands there twice is one question of the agenda.
    questions = tuple(dict.fromkeys(question.text for question in asked))
    if raw_questions is None:
        problems.append(FileProblem(str(questions_file), "", "is missing.", "Write one question a line into it."))
    elif not questions and not any(f.file == str(questions_file) for f in problems):
        problems.append(
            FileProblem(str(questions_file), "", "holds no question.", "Write one question a line into it.")
        )
    for question in asked:
        if len(question.text) > _QUESTION_LENGTH:
            found = f"has {len(question.text)} characters."
            fix = f"Keep a question under {_QUESTION_LENGTH}; put the background into context.txt."
            problems.append(FileProblem(str(questions_file), f"line {question.line}", found, fix))
    format_name, of_format = format_in(str(folder / "format.txt"), "", text_of("format.txt") or "")
    problems += of_format
    raw_options = text_of("options.txt")
    options = option_lines(raw_options or "")
    if raw_options:
        problems += options_problems(str(folder / "options.txt"), "", options, format_name)
    if problems:
        return None, problems
    task = Task(name=folder.resolve().name, questions=questions, discuss=discuss, summarize=summarize, context=context)
    chosen = {"format": format_name, "options": tuple(option.text for option in options)}
    return task.model_copy(update=chosen), []


def read_tasks(folder: Path, *, setting: str = "TASKS_DIR") -> tuple[list[Task], list[FileProblem]]:
    """Every task folder inside `folder`, or `folder` itself when it is one (the original single-task layout).

    `setting`: what names the folder.
    """
    if fault := folder_fault(folder, setting, "Name a task folder, which holds questions.txt, or a folder of such."):
        return [], [fault]
    inside = sorted((p for p in _inside(folder) if _looks_like_task(p)), key=lambda path: natural(path.name))
    folders = inside or ([folder] if _looks_like_task(folder) else [])
    if not folders:
        fix = "Make a folder in it with questions.txt (one question a line), or name one that has it."
        return [], [FileProblem(f"{setting} {folder}", "", "holds no task folder.", fix)]
    read = [read_task(path, folder) for path in folders]
    return [task for task, _ in read if task], [problem for _, problems in read for problem in problems]


def folder_fault(folder: Path, setting: str, fix: str) -> FileProblem | None:
    """Why a folder that `setting` names can't be looked into, or None. `fix`: what to name in its place."""
    named = f"{setting} {folder}"
    try:
        folder.stat()
        next(folder.iterdir(), None)
    except FileNotFoundError:
        return FileProblem(named, "", "is not there.", fix)
    except NotADirectoryError:
        return FileProblem(named, "", "is not a folder.", fix)
    except OSError as error:
        return FileProblem(named, "", f"can't be read ({error.strerror}).", "Check the name and its permissions.")
    return None


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key that counts digits as numbers: role2 comes before role10."""
    parts = enumerate(re.split(r"(\d+)", name))
    return [(int(part), "") if at % 2 else (-1, part.casefold()) for at, part in parts]


def _looks_like_task(path: Path) -> bool:
    # A folder with any *.txt is meant to be a task: with questions.txt missing it is a fault, not silently left out.
    return path.is_dir() and any(p.suffix == ".txt" for p in _inside(path))


def _inside(folder: Path) -> list[Path]:
    # Dot files are the system's business (".DS_Store", "._role1.json"), and so is a folder that may not be read.
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return []


def _card_of(path: Path, folder: Path) -> str | None:
    """The character card inside a PNG of the folder, if it is one and holds one."""
    try:
        if path.suffix.lower() != ".png" or leads_out(path, folder) or not path.is_file():
            return None
        with path.open("rb") as file:
            return card_in_png(file, TEXT_BYTES)
    except OSError:
        return None


def _parse(path: Path, text: str, folder: Path, endpoints: Collection[str]) -> _PersonaFile:
    data, wrong = read_json(str(path), text)
    if wrong:
        return _PersonaFile(path, None, None, wrong)
    if read := read_card(data):
        # The picture that a card came in is its portrait, where it is not too large for one.
        has_face = path.suffix.lower() == ".png" and path.stat().st_size <= AVATAR_BYTES
        data = read[0] | ({"avatar": path.name} if has_face else {})
    persona, problems = read_persona(str(path), data)
    avatar = data.get("avatar") if isinstance(data, dict) else None
    avatar = avatar.strip() if isinstance(avatar, str) and not any(f.field == "avatar" for f in problems) else ""
    if avatar and not avatar.startswith("https://"):
        image = path.parent / avatar
        problems += image_problems(path, image, folder)
        persona = persona and persona.model_copy(update={"avatar": str(image.resolve())})
    nameplate = persona or _nameplate(data)
    if persona and not problems:
        problems += unknown_endpoints(path, persona, endpoints)
    return _PersonaFile(path, None if problems else persona, nameplate, problems)


def unknown_endpoints(path: Path, persona: Persona, known: Collection[str]) -> list[FileProblem]:
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
