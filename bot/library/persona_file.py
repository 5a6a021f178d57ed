"""One persona file: what it holds, and everything that is wrong with it."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from pydantic import ValidationError

from bot.discussion.model.model_options import OMITTABLE
from bot.discussion.model.name_forms import name_clashes
from bot.discussion.model.persona import ALIASES, NAME_LENGTH, Persona
from bot.discussion.text.invisible import without_invisible
from bot.discussion.text.segmentation import clipped
from bot.library.avatar_links import link_problem
from bot.library.file_problem import FileProblem
from bot.library.macros import expanded
from bot.library.name_rules import SEPARATORS, name_problem

# What a file may ask for and what to write instead, shown behind every fault of that field.
_FIXES: Final = {
    "name": 'Give it a short name, such as "name": "Aino".',
    "full_name": 'Give it a full name, such as "full_name": "Professor Aino Virtanen".',
    "aliases": 'Write a list of other names, such as "aliases": ["Ainikki", "the professor"], or leave the field out.',
    "creativity": 'Write a number from 0.0 (dry) to 1.0 (wild), such as "creativity": 0.7.',
    "prompt": 'Describe the character, such as "prompt": "You are a retired judge who …".',
    "avatar": "Write an https URL, or the name of a PNG, JPEG, GIF or WebP file beside the persona file.",
    "intro": "Write one sentence, or leave the field out.",
    "endpoint": 'Write the name of an endpoint in the settings ("fast" for ENDPOINT_FAST_BASE_URL) or leave it out.',
    "model": "Write a model's name as its endpoint lists it, or leave the field out.",
    "extra_body": 'Write further parameters of each request, such as "extra_body": {"top_p": 0.9}.',
    "omit": f'Write names in a list, such as "omit": ["stop"]; there are {", ".join(OMITTABLE)}.',
    "stream": "Write true or false, or leave the field out.",
    "layout": 'Write "user" or "system", or leave the field out.',
    "fallback": 'Write names of endpoints in a list, such as "fallback": ["fast"] for ENDPOINT_FAST_BASE_URL.',
}
# So much of a wrong value is told.
_SHOWN: Final = 100
# Fields that people read.
_TEXTS: Final = ("name", "full_name", "prompt", "intro")
# What other tools call our fields (SillyTavern, CrewAI, AutoGen, OpenAI's assistants …).
_FOREIGN: Final = {
    theirs: ours
    for ours, all_theirs in {
        "prompt": "description personality persona character system system_prompt system_message instructions backstory"
        " bio",
        "creativity": "temperature temp",
        "full_name": "display_name fullname",
        "avatar": "image picture icon photo portrait face",
        "intro": "tagline introduction",
        "model": "llm model_name model_id",
        "endpoint": "base_url api_base",
    }.items()
    for theirs in all_theirs.split()
}
_COMMAS: Final = frozenset(SEPARATORS)
_AVATAR_FILE: Final = re.compile(r"[^/\\:\x00-\x1f]+\.(png|jpe?g|gif|webp)", re.IGNORECASE)


def read_persona(file: str, data: Any) -> tuple[Persona | None, list[FileProblem]]:
    """Check one persona file's parsed JSON.

    In: the file's name for the faults, and whatever `json.loads` gave. Out: the persona, or None with every fault.
    """
    if not isinstance(data, Mapping):
        several = isinstance(data, list) and len(data) > 1
        fix = "Give each persona a file of its own." if several else 'Begin with { and give "name", "prompt" ….'
        return None, [FileProblem(file, "", "it does not hold a JSON object.", fix)]
    fields, problems = _as_meant(file, data)
    problems += _misspelt(file, fields)
    persona: Persona | None = None
    try:
        persona = Persona.model_validate(dict(fields))
    except ValidationError as error:
        problems += [_fault_of(file, str(e["loc"][0]), e["type"], e["input"], e["msg"]) for e in error.errors()]
    # What pydantic does not check is checked in a faulty file too, so that everything is said at once.
    bad = {problem.field for problem in problems}
    texts = {name: value.strip() for name, value in fields.items() if isinstance(value, str) and name not in bad}
    problems += _name_problems(file, {field: value for field, value in fields.items() if field not in bad})
    if (avatar := texts.get("avatar")) and not (_is_https(avatar) or _AVATAR_FILE.fullmatch(avatar)):
        problem = f'"{clipped(avatar, _SHOWN)}" is neither an https URL nor the name of an image.'
        problems.append(FileProblem(file, "avatar", problem, _FIXES["avatar"]))
    elif avatar and (link := link_problem(avatar)):
        problems.append(FileProblem(file, "avatar", f'"{clipped(avatar, _SHOWN)}" {link[0]}', link[1]))
    return (None if problems else persona), problems


def _as_meant(file: str, data: Mapping[str, Any]) -> tuple[dict[str, Any], list[FileProblem]]:
    """The fields without what nobody sees in them, and with macros replaced; a problem for each unknown macro."""
    fields = dict(data)
    for field in _TEXTS:
        # What is nothing else is left for the rules to complain of.
        if isinstance(value := fields.get(field), str):
            fields[field] = without_invisible(value).strip() or value
    if isinstance(aliases := fields.get("aliases"), list):
        fields["aliases"] = [
            (without_invisible(alias).strip() or alias) if isinstance(alias, str) else alias
            for alias in cast(list[Any], aliases)
        ]
    name = fields.get("name")
    problems: list[FileProblem] = []
    for field in ("prompt", "intro"):
        if isinstance(value := fields.get(field), str):
            fields[field], unknown = expanded(file, field, value, name if isinstance(name, str) else "the character")
            problems += unknown
    return fields, problems


def _name_problems(file: str, fields: Mapping[str, Any]) -> Iterable[FileProblem]:
    aliases: Any = fields.get("aliases")
    named: list[tuple[str, Any]] = [(field, fields.get(field)) for field in ("name", "full_name")]
    named += [("aliases", alias) for alias in cast(list[Any], aliases)] if isinstance(aliases, list) else []
    for field, name in named:
        if not isinstance(name, str) or not name.strip():
            continue
        if problem := name_problem(name.strip()):
            yield FileProblem(file, field, problem, "Choose another name.")
        if field != "full_name" and not _COMMAS.isdisjoint(name.strip()):
            problem = f'"{name.strip()}" holds a comma or semicolon, which separates names in a list.'
            yield FileProblem(file, field, problem, "Put it into full_name only.")


def _is_https(avatar: str) -> bool:
    return re.fullmatch(r"https://[^\s/]+\.[^\s]+", avatar) is not None


def cast_problems(named: Sequence[tuple[str, Persona]]) -> list[FileProblem]:
    """Faults of personas as a group, each with its file: two with one name would be one speaker in Discord's client."""
    files = [file for file, _ in named]
    return [
        FileProblem(
            files[clash.later],
            clash.field,
            clash.problem(files[clash.earlier]),
            clash.fix,
        )
        for clash in name_clashes(persona for _, persona in named)
    ]


def _fault_of(file: str, field: str, kind: str, value: Any, message: str) -> FileProblem:
    fix = _FIXES.get(field, "")
    if kind == "missing":
        return FileProblem(file, field, "is missing.", fix)
    if value == "" or (isinstance(value, str) and not value.strip()):
        return FileProblem(file, field, "is empty.", fix)
    # No more of it than can be shown: it may be long.
    shown = clipped(json.dumps(value, ensure_ascii=True, default=repr)[: 2 * _SHOWN], _SHOWN)
    reasons = {
        "less_than_equal": "is more than 1.0.",
        "greater_than_equal": "is less than 0.0.",
        "string_too_long": f"is longer than the {NAME_LENGTH} characters Discord allows.",
        "string_type": "is not a text.",
        "tuple_type": "is not a list of texts.",
        "too_long": f"is a list of more than {ALIASES} names.",
        "string_pattern_mismatch": "is not a name.",
        "float_type": "is not a number.",
        "float_parsing": "is not a number.",
        "finite_number": "is not a number.",
        "literal_error": "is not one of these.",
        "string_unicode": "holds half a character (a lone surrogate).",
    }
    # A validator of ours says what it objects to, and how to mend it.
    reason = f"{message.removeprefix('Value error, ')}." if kind == "value_error" else reasons.get(kind)
    return FileProblem(file, field, f"{shown} {reason or message.lower() + '.'}", fix)


def _misspelt(file: str, fields: Mapping[str, Any]) -> Iterable[FileProblem]:
    # Unknown fields are let through (hosts keep notes in their files), but a near miss is a typo, and another tool's
    # word for a field that is missing here is meant for it: both would be silently ignored.
    known = list(Persona.model_fields)
    for field in fields:
        spelt = re.sub(r"[-\s]", "_", str(field).lower())
        if field in known:
            continue
        near = difflib.get_close_matches(spelt, known, n=1, cutoff=0.75)
        meant = near[0] if near else _FOREIGN.get(spelt)
        if near or (meant and meant not in fields):
            yield FileProblem(file, field, "is not a field of a persona.", f'Did you mean "{meant}"?')
