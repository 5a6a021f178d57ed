"""A table's panel where it is shown: which message that is, and that it says how the table stands."""

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from typing import Any

import discord

from bot.chat.cards.panel_card import panel_card
from bot.chat.posting.courtesies import Courtesies, Courtesy
from bot.sessions.delivery.stage import StatusReport
from bot.store.models import PostKind, StoredSession
from bot.store.store import Store


class ShownPanel:
    """That of one session. `report`: how the session stands, None before that was told."""

    def __init__(
        self, stored: StoredSession, place: discord.PartialMessageable, *, store: Store, courtesies: Courtesies
    ) -> None:
        self.report: StatusReport | None = None
        self._stored = stored
        self._place = place
        self._store = store
        self._courtesies = courtesies
        self._message: int | None = None
        self._going: set[int] = set()
        self._editing: Courtesy | None = None
        self._sent: list[dict[str, Any]] | None = None
        self._says: tuple[int, list[dict[str, Any]]] | None = None

    def to_send(self) -> discord.ui.LayoutView | None:
        """A new panel as it is to look, None before anybody knows."""
        view = self.drawn()
        self._sent = view.to_components() if view else None
        return view

    def drawn(self) -> discord.ui.LayoutView | None:
        """The panel as it is to look now, None before anybody knows."""
        return panel_card(self.report, chimers=self._stored.chimers) if self.report else None

    def adopt(self, message_id: int, *, instead_of: Collection[int]) -> None:
        """This message shows the panel from now on; those are taken away, now or later."""
        if message_id != self._message and self._sent is not None:
            self._says, self._sent = (message_id, self._sent), None
        self._message = message_id
        for old in set(instead_of) - self._going:
            self._going.add(old)
            what = f"taking away an old panel of session {self._stored.id}"
            self._courtesies.start(what, partial(self._take_away, old))

    async def _take_away(self, message_id: int) -> None:
        with suppress(discord.NotFound):
            await self._place.get_partial_message(message_id).delete()
        await self._store.posts.message_gone(message_id)

    def refresh(self, report: StatusReport) -> None:
        """Have the panel say this, now or later."""
        self.report = report
        if self._editing is None or self._editing.is_done:
            self._editing = self._courtesies.start(f"the panel of session {self._stored.id}", self._edit)
        else:
            self._editing.hurry()

    async def _edit(self) -> None:
        if self._message is None:
            # Asked of the database: the answer to sending it may have been lost.
            panels = await self._store.posts.of_session(self._stored.id, PostKind.PANEL)
            self._message = panels[-1].message_id if panels else None
        while self._message is not None and (view := self.drawn()) is not None:
            says = self._message, view.to_components()
            if says == self._says:
                return
            # Without a text: an earlier version's panel was an ordinary message.
            await self._place.get_partial_message(self._message).edit(content=None, view=view)
            self._says = says
