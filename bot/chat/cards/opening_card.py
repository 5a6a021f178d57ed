"""The card a table opens with: what it is about, who sits at it, how to chime in; and who each of them is."""

import re
from collections.abc import Callable, Sequence
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.cards.bot_messages import FLOORS, NOTICE, how_to_chime_in
from bot.chat.text.host_details import HostDetails
from bot.chat.text.sentences import small
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Session
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.text.segmentation import clipped, sentences, utf16_length

SETTING: Final = "card.setting"
MEET: Final = "card.meet"
PRIVACY: Final = "card.privacy"
ASK: Final = "table.ask"

# Of the 4000 characters that all texts of a card may have together.
_TITLE_LIMIT: Final = 150
_LEAD_LIMIT: Final = 280
_RULES_LIMIT: Final = 1000
_FACES_LIMIT: Final = 1200
_INTRO_LIMIT: Final = 3000
_MODEL_LIMIT: Final = 60
# Longer settings are sent as a file.
SETTING_MESSAGES: Final = 3

# Discord would make bold type, a mention or the like of these.
_MARKS: Final = discord.utils.escape_markdown

# A blank that keeps a face and its name on one line; a no-break space does not beside a picture.
_GLUE: Final = "\u2060\u00a0"

# Of a model's name its owner, or the folders on the host's disk (llama.cpp).
_OWNER: Final = re.compile(r".*[/\\]")

Emoji = Callable[[Persona], str | None]
"""A persona's picture as it stands in a line of text, None for one that has none."""


def opening_card(
    session: Session,
    *,
    session_id: int,
    can_read: bool,
    emoji: Emoji = lambda persona: None,
    chimers: int | None = None,
    host: HostDetails = HostDetails(),  # noqa: B008 (it never changes)
) -> c.Layout:
    """What everybody should know before they read on. `chimers` as in StoredSession.

    The first question follows in a message of its own, but where it is the title: it stands there once.
    """
    setting = lead(session.task.context)
    is_whole = setting == _one_line(session.task.context)
    floor, rules = session.dials.floor, format_of(session).rules(session)
    notes = [NOTICE, *host.lines]
    return c.card(
        c.text(f"## {_title(session)}"),
        c.text(setting) if setting else None,
        c.text(clipped("\n".join(map(_MARKS, rules)), _RULES_LIMIT)) if rules else None,
        c.text(_faces(session.cast, emoji)),
        c.menu(MEET, session_id, "Meet the personas", persona_options(session.cast, emoji)),
        c.text(f"**Who speaks next:** {FLOORS[floor]}.") if floor != "natural" else None,
        c.text(how_to_chime_in(chimers, can_read=can_read)),
        c.text("\n".join(map(small, notes))),
        # Beside a text a button leaves it half the width on a phone.
        c.row(
            None if is_whole else c.button("Read the setting", SETTING, session_id),
            c.button("Privacy", PRIVACY),
        ),
    )


def lead(context: str) -> str:
    """The first sentences of a setting, on one line; all of a short one."""
    whole = _one_line(context)
    if utf16_length(whole) <= _LEAD_LIMIT:
        return whole
    shown = ""
    for sentence in sentences(whole):
        if utf16_length(shown + sentence) > _LEAD_LIMIT:
            break
        shown += sentence
    return shown.rstrip() or clipped(whole, _LEAD_LIMIT)


def persona_options(personas: Sequence[Persona], emoji: Emoji, chosen: Sequence[str] = ()) -> list[c.Option]:
    """Personas to choose from, by name; those in `chosen` are so already."""
    return [
        c.Option(p.full_name, p.name, _one_line(p.intro or ""), emoji(p), is_chosen=p.name in chosen) for p in personas
    ]


def persona_card(persona: Persona, *, session_id: int, url: str, model: str | None, can_ask: bool) -> c.Layout:
    """Who a persona is. `model`: by which it is played, where that tells it from others."""
    escape = discord.utils.escape_markdown
    lines = [f"## {escape(persona.full_name)}", clipped(escape(persona.intro or ""), _INTRO_LIMIT)]
    if model:
        lines.append(small(f"Played by {shown_model(model)}"))
    ask = c.button(f"Ask {persona.name}", ASK, f"{session_id}:{c.key(persona.name)}", style=c.Style.primary)
    return c.card(
        c.with_face("\n".join(filter(None, lines)), url, persona.full_name),
        c.row(ask) if can_ask else None,
    )


def shown_model(model: str) -> str:
    """A model's name as members see it."""
    return discord.utils.escape_markdown(clipped(_OWNER.sub("", model), _MODEL_LIMIT))


def _title(session: Session) -> str:
    task = session.task
    if task.is_called_by_question:
        return _one_line(task.questions[0])
    return clipped(f"{format_of(session).title}: {_one_line(task.title)}", _TITLE_LIMIT)


def _faces(cast: Sequence[Persona], emoji: Emoji) -> str:
    """Faces and names, as many as there is room for."""
    shown: list[str] = []
    for persona in cast:
        face = emoji(persona)
        entry = f"{face}{_GLUE}{persona.name}" if face else persona.name
        if utf16_length("  ".join([*shown, entry])) > _FACES_LIMIT:
            break
        shown.append(entry)
    more = len(cast) - len(shown)
    separator = "\u2002 " if any(map(emoji, cast)) else " · "
    return separator.join([*shown, *([f"and {more} more"] if more else [])])


def _one_line(text: str) -> str:
    return " ".join(text.split())
