"""What is pressed on cards and written into forms: looked up by its verb and done by that verb's handler."""

import logging
import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import discord

from bot.chat.cards.components import PREFIX
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering
from bot.errors import UserError

log = logging.getLogger(__name__)

OUT_OF_DATE: Final = "This button is one of an earlier version of me. `/roundtable panel` shows the ones that work now."
# The buttons of panels of earlier versions. Nothing does that verb, which is told.
_EARLIER_PREFIX: Final = "roundtable"
_PRESSED: Final = (discord.InteractionType.component, discord.InteractionType.modal_submit)


@dataclass(frozen=True, slots=True)
class Click:
    """What came back. `values`: what was chosen of a menu; `fields`: what was written into a form, by field."""

    verb: str
    argument: str = ""
    values: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    # A press can be forged: what no card of ours sends is refused in a sentence.

    @property
    def number(self) -> int:
        """The argument, where that is an id or the number of a page. Raises UserError."""
        return as_number(self.argument)

    @property
    def choice(self) -> str:
        """What was chosen of a menu of which one is chosen. Raises UserError."""
        if not self.values:
            raise UserError(OUT_OF_DATE)
        return self.values[0]

    def written(self, name: str) -> str:
        """What was written into this field of a form. Raises UserError."""
        if name not in self.fields:
            raise UserError(OUT_OF_DATE)
        return self.fields[name]


def as_number(text: str) -> int:
    """An id or a small number as a card carries it. Raises UserError for anything else."""
    if re.fullmatch(r"[0-9]{1,19}", text) is None or int(text) >= 2**63:
        raise UserError(OUT_OF_DATE)
    return int(text)


Handler = Callable[[Interaction, Click], Awaitable[None]]
"""Does one verb. It answers the interaction itself, a slow one after `defer`; what it raises is told in private."""


class VerbTable:
    """All verbs that the bot knows."""

    def __init__(self, *tables: Mapping[str, Handler]) -> None:
        """Each feature brings a table of its verbs. Raises ValueError for one that stands in two."""
        self._handlers: dict[str, Handler] = {}
        for table in tables:
            if twice := self._handlers.keys() & table.keys():
                raise ValueError(f"{', '.join(sorted(twice))} would have two handlers")
            self._handlers |= table

    @property
    def verbs(self) -> Collection[str]:
        return self._handlers.keys()

    async def handle(self, interaction: discord.Interaction[Any]) -> None:
        """Do what was pressed or written, if it is one of ours."""
        click = click_of(interaction)
        if click is None:
            return
        async with answering(interaction):
            handler = self._handlers.get(click.verb)
            if handler is None:
                raise UserError(OUT_OF_DATE)
            await handler(cast(Interaction, interaction), click)


def click_of(interaction: discord.Interaction[Any]) -> Click | None:
    """What an interaction asks for; None for a command, and for what was not made by `cards/components.py`."""
    data: Any = interaction.data
    if interaction.type not in _PRESSED or not data:
        return None
    prefix, _, rest = str(data.get("custom_id", "")).partition(":")
    if prefix == _EARLIER_PREFIX:
        return Click(_EARLIER_PREFIX)
    if prefix != PREFIX:
        return None
    verb, _, argument = rest.partition(":")
    return Click(verb, argument, tuple(data.get("values") or ()), dict(_written(data.get("components") or ())))


def _written(components: Any) -> Iterator[tuple[str, str]]:
    """Each field of a form with its text, however it is wrapped."""
    for component in components:
        if "value" in component and "custom_id" in component:
            yield component["custom_id"], component["value"] or ""
        inner = component.get("components") or ([component["component"]] if "component" in component else [])
        yield from _written(inner)
