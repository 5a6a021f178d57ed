"""What a persona is asked in private, before and after a discussion: its position and its ballot; and what it answers.

The prompts differ from a turn's in the tail alone, so that a server reads the rest once for all of them. A second try
has a form, a JSON schema of the answers that can be read: many servers can hold a model to it.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, cast

from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import letter, option_named
from bot.discussion.model.record import Record, Session
from bot.discussion.prompts.prompt import LANGUAGE_LIMIT, Prompt, in_prompt, preamble, stop_strings, transcript
from bot.discussion.text.folding import fold, one_line
from bot.discussion.text.segmentation import clipped

# A letter, or ten of them with signs between, and some servers' few tokens more.
BALLOT_TOKENS: Final = 48
# What a letter, or the words of an option, may stand in: brackets, quotes, bold type, the full stop behind it.
_AROUND: Final = " \t\n*_`\"'“”«»()[]{}<>.,:;!。、："
# "Choice: B", in whatever language the label is written, alone on its line.
_LABEL: Final = re.compile(r"^[^\w\n]*(?P<label>[^\W\d_][^:：\n]{0,40})[:：](?P<rest>[^\n]*)$")
_WORD: Final = re.compile(r"[^\W_]+")
# Around JSON some models put what would have it shown as code.
_FENCE: Final = re.compile(r"^```\w*\s*|\s*```$")

POSITION: Final = (
    "Nobody has spoken yet. Everyone writes down a position first, in private; {whoever}. {options}In two sentences "
    "say what you hold, and why, as {name} would.{choose}"
)
PROPOSAL: Final = (
    "Nobody has spoken yet. Everyone writes down a proposal first, in private; the others read it only when all are "
    "there. In two sentences say what should be done, and why, as {name} would."
)
SHOWN: Final = "the others read it only when all are there"
UNSHOWN: Final = "nobody else ever reads it"
CHOOSE: Final = " Then write on a line of its own “Choice:” and the letter of what you are for."
BALLOT: Final = (
    "A secret ballot is held. {options}Vote as {name} would after all that was said. Write only the letter of the one "
    "you are for, and nothing else."
)
RANKED_BALLOT: Final = (
    "A secret ballot is held on these proposals. {options}Put them in order as {name} would after all that was said, "
    "whoever made them. Write only the letters, all of them, the best first, like this: {example}"
)
NOT_READ: Final = "It could not be read: write only {form}, and nothing else."
CHOOSE_NOW: Final = (
    "Everyone writes down a position first, in private. This is what {name} has written down: “{said}” {options}Write "
    "only the letter of the one that {name} is for, and nothing else."
)


def position_prompt(
    session: Session,
    record: Record,
    persona: Persona,
    question: str,
    options: Sequence[str],
    *,
    shown: bool = True,
    note: str = "",
) -> Prompt:
    """Asks for a position on a question: two sentences and, where there are options, a choice; else for a proposal.
    `shown`: whether the others read it later."""
    if options:
        whoever = SHOWN if shown else UNSHOWN
        ask = POSITION.format(whoever=whoever, options=_listed(options), name=persona.name, choose=CHOOSE)
    else:
        ask = PROPOSAL.format(name=persona.name)
    what = f"Write only what {persona.name} writes down."
    return _private(session, record, persona, question, f"{ask} {note}".strip(), what, "")


def choice_prompt(
    session: Session, record: Record, persona: Persona, question: str, options: Sequence[str], *, said: str
) -> Prompt:
    """Asks for the choice alone of a persona whose position `said` all but that."""
    ask = CHOOSE_NOW.format(name=persona.name, said=one_line(said), options=_listed(options))
    prompt = _private(session, record, persona, question, ask, "", "'s choice")
    return replace(prompt, form=_form(len(options), places=1))


def ballot_prompt(
    session: Session,
    record: Record,
    persona: Persona,
    question: str,
    options: Sequence[str],
    *,
    ranked: bool = False,
    note: str = "",
    problem: str = "",
) -> Prompt:
    """Asks for a vote on a question. In: the options in the order in which this persona gets to see them; what the
    moderator has to say besides, and why a first try could not be read."""
    ask = (RANKED_BALLOT if ranked else BALLOT).format(
        options=_listed(options),
        name=persona.name,
        example=" > ".join(letter(at) for at in reversed(range(len(options)))),
    )
    prompt = _private(session, record, persona, question, " ".join(filter(None, [ask, note, problem])), "", "'s ballot")
    return replace(prompt, form=_form(len(options), places=len(options) if ranked else 1) if problem else None)


def read_position(text: str, options: Sequence[str]) -> tuple[str, int | None]:
    """What a persona wrote down, and which option it is for, by its number; None: it names none."""
    lines = text.strip().splitlines()
    matches = [_LABEL.match(line) for line in lines]
    named = [_option_in(label["rest"] if label else line, options) for line, label in zip(lines, matches, strict=True)]
    # "B: no" is an option as it is listed, and not a choice with its label.
    labelled = [label is not None and option_named(label["label"], len(options)) is None for label in matches]
    found = [at for at, choice in enumerate(named) if choice is not None]
    # Several options, none behind a label: it only wrote down again what there is to choose from.
    is_list = len({named[at] for at in found}) > 1 and not any(labelled[at] for at in found)
    if not found or is_list:
        return text.strip(), None
    last = max(found, key=lambda at: (labelled[at], at))
    return "\n".join([*lines[:last], *lines[last + 1 :]]).strip(), named[last]


def read_ballot(text: str, options: Sequence[str], *, ranked: bool = False) -> tuple[int, ...] | None:
    """The options that a ballot names, the preferred one first, by their numbers; None where it is no valid ballot.

    Strict: one option or, if `ranked`, all of them, each once, and nothing else.
    """
    line = _of_form(text) or next((line for line in text.strip().splitlines() if line.strip()), "")
    if label := _LABEL.match(line):
        line = label["rest"]
    if not ranked:
        choice = _option_in(line, options)
        return None if choice is None else (choice,)
    letters = [option_named(word, len(options)) for word in _WORD.findall(unicodedata.normalize("NFKC", line))]
    numbers = [number for number in letters if number is not None]
    is_whole = len(numbers) == len(letters) and sorted(numbers) == list(range(len(options)))
    return tuple(numbers) if is_whole else None


def read_choice(text: str, options: Sequence[str]) -> int | None:
    """The option that an answer to `choice_prompt` names, by its number; None: none."""
    ballot = read_ballot(text, options)
    return ballot[0] if ballot else read_position(text, options)[1]


def _form(options: int, *, places: int) -> dict[str, Any]:
    """The JSON schema of an answer that names so many of the options, the preferred first."""
    names = ["choice"] if places == 1 else [f"place_{place}" for place in range(1, places + 1)]
    named = {"type": "string", "enum": [letter(number) for number in range(options)]}
    return {
        "type": "object",
        "properties": dict.fromkeys(names, named),
        "required": names,
        "additionalProperties": False,
    }


def _of_form(text: str) -> str:
    """What an answer in such a form says, on one line; "" for another."""
    try:
        answer = json.loads(_FENCE.sub("", text.strip()))
    except ValueError:
        return ""
    return " > ".join(map(str, cast(dict[str, Any], answer).values())) if isinstance(answer, dict) else ""


def _option_in(said: str, options: Sequence[str]) -> int | None:
    """The one option that a line names and says nothing else: its letter, its words, or both."""
    plain = unicodedata.normalize("NFKC", said).strip(_AROUND)
    first, *rest = _WORD.findall(plain) or [""]
    number = option_named(first, len(options))
    if number is not None and not rest:
        return number
    words = [" ".join(_WORD.findall(fold(option))) for option in options]
    by_words = [at for at, option in enumerate(words) if option and option == " ".join(_WORD.findall(fold(plain)))]
    if by_words:
        return by_words[0]
    # "B) it depends", and not "A cat": behind the letter come the words of its option.
    if number is not None and " ".join(_WORD.findall(fold(" ".join(rest)))) == words[number]:
        return number
    return None


def _listed(options: Sequence[str]) -> str:
    listed = " ".join(f"{letter(at)}) {one_line(option)}" for at, option in enumerate(options))
    return f"The options are: {listed}{'' if listed.endswith(('.', '!', '?')) else '.'} "


def _private(
    session: Session, record: Record, persona: Persona, question: str, ask: str, what: str, whose: str
) -> Prompt:
    notes = [f"The question on the table is: {one_line(question)}", ask]
    if language := clipped(one_line(session.task.language), LANGUAGE_LIMIT, end=""):
        notes.append(f"Write in {language}.")
    who = persona.reminder
    if not who.startswith(f"You are {persona.full_name}"):
        who = f"You are {persona.full_name}. {who}"
    tail = in_prompt(
        f"\n(A note from the moderator to {persona.name} alone. {' '.join(notes)}\n{f'{who} {what}'.strip()})\n"
        f"{persona.name}{whose}:"
    )
    return Prompt(
        preamble(session),
        transcript(session, record),
        tail,
        stop_strings(session, record, persona),
        record.last_seq,
    )
