"""The control panel: buttons that carry their session's number, so they survive a restart and act on no other."""

import re
from collections.abc import Awaitable, Callable
from typing import Final, Self, cast

import discord

from bot.chat.commands import actions
from bot.chat.commands.interaction import Interaction
from bot.chat.commands.modals import SayModal
from bot.chat.commands.responses import answer, answering, defer, may_be_lost
from bot.errors import UserError
from bot.sessions.delivery.stage import StatusReport
from bot.store.models import Status

Action = Callable[[Interaction], Awaitable[str]]

_ACTIONS: Final[dict[str, tuple[str, str, discord.ButtonStyle, Action | None]]] = {
    "say": ("Say something", "💬", discord.ButtonStyle.primary, None),
    "pause": ("Pause", "⏸", discord.ButtonStyle.secondary, actions.pause),
    "resume": ("Resume", "▶", discord.ButtonStyle.success, actions.resume),
    "skip": ("Skip speaker", "⏭", discord.ButtonStyle.secondary, actions.skip),
    "next": ("Next question", "❓", discord.ButtonStyle.secondary, actions.next_question),
    "wrapup": ("Wrap up", "🏁", discord.ButtonStyle.secondary, actions.wrap_up),
    "stop": ("Stop", "⏹", discord.ButtonStyle.danger, actions.stop),
    "status": ("Status", "📋", discord.ButtonStyle.secondary, actions.status),
}
# What a button does whose action is not known (any more): it only tells how the table stands.
_STALE: Final = "status"
_SHOWN: Final = {
    Status.RUNNING: ("say", "pause", "skip", "next", "wrapup", "status", "stop"),
    Status.PAUSED: ("say", "resume", "status", "stop"),
    Status.ENDED: (),
}


class PanelButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"roundtable:(?P<session>\d+):(?P<action>[a-z]+)",
):
    """One button of a session's panel."""

    def __init__(self, session_id: int, action: str) -> None:
        label, emoji, style, self._act = _ACTIONS[action]
        self._session_id = session_id
        custom_id = f"roundtable:{session_id}:{action}"
        super().__init__(discord.ui.Button(label=label, emoji=emoji, style=style, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        # An unknown action is one of another version (or forged): whatever it was, the panel is out of date.
        return cls(int(match["session"]), match["action"] if match["action"] in _ACTIONS else _STALE)

    async def callback(self, interaction: discord.Interaction) -> None:
        own = cast(Interaction, interaction)
        async with answering(own):
            runner = own.client.supervisor.find(own.channel_id or 0)
            if runner is None or runner.stored.id != self._session_id:
                raise UserError("This panel belongs to a table that has ended. `/roundtable start` opens a new one.")
            if self._act is None:
                actions.require_welcome(own, runner)
                form = SayModal(self._session_id)
                with may_be_lost(own):
                    await own.response.send_modal(form)
                return
            await defer(own)
            said = await self._act(own)
            # What the others do shows in the channel; a private echo on top would be noise.
            if self._act is actions.status:
                await answer(own, said)


def panel_view(report: StatusReport) -> discord.ui.View | None:
    """The buttons that make sense now."""
    actions_now = [a for a in _SHOWN[report.status] if a != "next" or report.questions > 1]
    if not actions_now:
        return None
    view = discord.ui.View(timeout=None)
    for action in actions_now:
        view.add_item(PanelButton(report.session_id, action))
    return view
