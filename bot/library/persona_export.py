"""A persona as a file to take along: what `persona_import` and the folder of personas take back."""

from typing import Any

from bot.discussion.model.persona import Persona
from bot.library.character_card import card_with
from bot.library.json_text import as_json
from bot.library.png_card import with_card


def exported(persona: Persona, avatar: str | None = None) -> bytes:
    """A persona file in JSON, without what is not set. `avatar`: what it says of the picture, as a file beside it."""
    return as_json(_fields(persona) | ({"avatar": avatar} if avatar else {}))


def exported_with_picture(persona: Persona, picture: bytes) -> bytes:
    """The same inside of its portrait, as a character card that other tools read, too.

    `picture`: a PNG as `portrait_of` makes them.
    """
    return with_card(picture, as_json(card_with(_fields(persona))).decode())


def _fields(persona: Persona) -> dict[str, Any]:
    fields = persona.model_dump(mode="json", exclude_none=True)
    # A path on the machine the bot runs on is nobody's business, and means nothing elsewhere.
    if not str(fields.get("avatar", "https://")).startswith("https://"):
        del fields["avatar"]
    if not fields["aliases"]:
        del fields["aliases"]
    return fields
