"""One channel of the simulated Discord: what people do there, what one sees there, and what is stored.

All that reaches into simcord's own modules is in this one.
"""

from datetime import timedelta
from typing import Any, Final

import discord
import pytest
from simcord import ChannelHandle, Env, HttpLogEntry, InteractionResult, MemberActor
from simcord.backend.models import Channel, Overwrite
from simcord.enums import OverwriteType
from simcord.http import router

from bot.chat.bot import RoundtableBot
from bot.demo.inside.thread_posts import thread_routes
from bot.discussion.model.record import Record, Turn
from bot.store.models import StoredSession
from bot.store.store import Store
from tests.support.simulated_bot import Parts

# Above simcord's settle timeout, so that a table between two turns counts as settled: advancing the clock by this
# much is one turn.
PACE: Final = 30.0
# How often a busy machine is given simcord's limit.
_PATIENCE: Final = 5
# With what a panel begins.
_STANDS: Final = ("**Open**", "**Paused**", "**Closed**", "**Waiting for Discord**")


class SimulatedPlace:
    """A server with a channel, its convener Mira, the members Otto and Lena, and Ada, who may manage messages."""

    def __init__(self, env: Env, store: Store) -> None:
        self.env = env
        self.store = store
        self.guild = env.create_guild("Bakers")
        self.channel = self.guild.create_text_channel("general")
        moderators = self.guild.create_role("moderators", permissions=discord.Permissions(manage_messages=True))
        self.mira = self.guild.add_member(env.create_user("mira"))
        self.otto = self.guild.add_member(env.create_user("otto"), nick="Otto the Miller")
        self.lena = self.guild.add_member(env.create_user("lena", global_name="Lena L."))
        self.ada = self.guild.add_member(env.create_user("ada"), roles=[moderators])

    @property
    def bot(self) -> RoundtableBot:
        assert isinstance(self.env.bot, RoundtableBot)
        return self.env.bot

    def elsewhere(self, channel: ChannelHandle) -> "SimulatedPlace":
        """The same server and people with another channel before their eyes."""
        other = object.__new__(SimulatedPlace)
        other.__dict__ |= self.__dict__ | {"channel": channel}
        return other

    # --- what people do ---

    async def type(self, command: str, *, by: MemberActor | None = None, **options: Any) -> str:
        """Type a `/roundtable` command (the convener, unless `by` somebody else). Out: the private answer."""
        return told(await (by or self.mira).slash(self.channel, f"roundtable {command}", **options))

    async def press(self, label: str, *, by: MemberActor | None = None, panel: discord.Message | None = None) -> str:
        """Press a button of the panel, or of the private card that its Steer opens. Out: what the person is told."""
        panel, who = panel or self.panel, by or self.mira
        if label in buttons(panel):
            return told(await who.click(panel, label=label))
        steering = await who.click(panel, label="Steer")
        if steering.response is None or "Steer the table" not in told(steering):
            return told(steering)
        return await self.press_on(steering, label, by=who)

    async def press_on(self, card: InteractionResult, label: str, *, by: MemberActor | None = None) -> str:
        """Press a button of a private card. Out: what the person is told, on the card or beside it."""
        assert card.response is not None
        return told(await (by or self.mira).click(card.response, label=label))

    async def steer(self, by: MemberActor | None = None) -> InteractionResult:
        """Press Steer. Out: the private card."""
        return await (by or self.mira).click(self.panel, label="Steer")

    async def fill_in(self, form: InteractionResult, text: str, *, by: MemberActor) -> str:
        """Write into the one field of a form. Out: what the person is told; empty where everybody is."""
        assert form.modal is not None
        (field,) = (item.get("component") or item["components"][0] for item in form.modal["components"])
        sent = await by.submit_modal(form, {field["custom_id"]: text})
        answers = sent.followups or [*filter(None, [sent.response])]
        return told(sent) if answers and all(answer.ephemeral for answer in answers) else ""

    async def turn(self, count: int = 1) -> None:
        """Let the pace pass, so many times."""
        for _ in range(count):
            await self._advance(PACE)

    async def _advance(self, seconds: float) -> None:
        """Move the clock. A busy machine may need more than one settle timeout for it: what was reached stays."""
        until = self.env.now() + timedelta(seconds=seconds)
        for tries_left in reversed(range(_PATIENCE)):
            try:
                await self.env.advance_time(max(0.0, (until - self.env.now()).total_seconds()))
                break
            except TimeoutError:
                if not tries_left:
                    raise

    def deny(self, *permissions: str) -> None:
        """Take permissions away from the bot in this channel (none: give everything back)."""
        me = self.env.backend.bot_user.id
        if permissions:
            denied = discord.Permissions(**dict.fromkeys(permissions, True)).value
            self.env.backend.set_overwrite(
                self.channel.id, Overwrite(target_id=me, type=OverwriteType.MEMBER, deny=denied)
            )
        else:
            self.env.backend.delete_overwrite(self.channel.id, me)

    def show_makers_commands_to(self, *who: MemberActor) -> None:
        """An admin shows these members the commands that else only admins see, under Integrations."""
        for name in ("persona", "task"):
            number = (self.bot.tree._ids or {})[name]
            self.guild.set_command_permissions(number, dict.fromkeys(who, True))

    def make_thread(self, name: str) -> "SimulatedPlace":
        """A thread of this channel that Mira opened."""
        return self.elsewhere_thread(self.env.backend.create_thread(self.channel.id, name, self.mira.id))

    def elsewhere_thread(self, thread: Channel) -> "SimulatedPlace":
        """The same server and people with a thread before their eyes."""
        return self.elsewhere(ChannelHandle(self.env, self.guild, thread))

    def forbid(self, who: MemberActor, *permissions: str) -> None:
        """Take permissions away from a member in this channel."""
        denied = discord.Permissions(**dict.fromkeys(permissions, True)).value
        self.env.backend.set_overwrite(self.channel.id, Overwrite(who.id, OverwriteType.MEMBER, deny=denied))

    def write_unheard(self, who: MemberActor, text: str) -> None:
        """A message that Discord does not tell the bot of, as while it is away."""
        backend = self.env.backend
        listening, backend.subscribers = backend.subscribers, []
        try:
            backend.create_message(self.channel.id, who.id, text)
        finally:
            backend.subscribers = listening

    async def restart(self, parts: Parts) -> None:
        """The bot's process ends and another one begins on the same database."""
        old = self.bot
        await self.env.restart_bot(parts.make())
        await old.close()
        await self.env.settle()

    def delete_webhooks(self) -> None:
        """Somebody removes every webhook of the server."""
        for webhook_id in list(self.env.backend.webhooks):
            self.env.backend.delete_webhook(webhook_id)

    # --- what one sees ---

    def history(self) -> list[discord.Message]:
        return self.channel.history()

    @property
    def spoken(self) -> list[discord.Message]:
        """The personas' messages."""
        return [m for m in self.history() if m.webhook_id]

    @property
    def speakers(self) -> list[str]:
        return [m.author.name for m in self.spoken]

    @property
    def said_by_bot(self) -> list[str]:
        """What the bot says as itself, its cards aside: questions, notices, the closing."""
        return [m.content for m in self._own if not m.flags.components_v2]

    @property
    def _own(self) -> list[discord.Message]:
        return [m for m in self.history() if m.author.id == self.bot.me.id and not m.webhook_id]

    @property
    def cards(self) -> list[discord.Message]:
        """The bot's cards: openings, panels, summaries."""
        return [m for m in self._own if m.flags.components_v2]

    @property
    def card(self) -> discord.Message:
        """The newest table's opening card."""
        return next(m for m in reversed(self.cards) if "Meet the personas" in placeholders(m))

    @property
    def panels(self) -> list[discord.Message]:
        return [m for m in self.cards if words(m).startswith(_STANDS)]

    @property
    def panel(self) -> discord.Message:
        """The newest table's panel."""
        return self.panels[-1]

    @property
    def summaries(self) -> list[str]:
        """What the summaries say, without what else stands on their cards."""
        told = [words(m).splitlines() for m in self.cards]
        return ["\n".join(lines[1:-1]) for lines in told if lines[0].startswith("## Summary, by ")]

    @property
    def said(self) -> list[str]:
        """What the personas say, the summaries last."""
        return [*(m.content for m in self.spoken), *self.summaries]

    def buttons(self, panel: discord.Message | None = None) -> list[str]:
        return buttons(panel or self.panel)

    @property
    def pinged(self) -> list[str]:
        """The messages of this channel that notified somebody."""
        stored = self.env.backend.messages[self.channel.id].values()
        return [m.content for m in stored if m.ping_user_ids or m.ping_role_ids or m.mention_everyone]

    def executed(self) -> list[dict[str, Any]]:
        """What was sent through the webhook: the bodies of the requests."""
        sent = [r for r in self.env.http_requests if r.method == "POST" and r.path.startswith("/webhooks/")]
        return [r.json for r in sent if r.json and "username" in r.json]

    # --- what is stored ---

    async def session(self) -> StoredSession:
        """This place's newest session."""
        found = None
        number = 1
        while stored := await self.store.session(number):
            found = stored if stored.place_id == self.channel.id else found
            number += 1
        assert found is not None, "no session is stored for this place"
        return found

    async def record(self) -> Record:
        return await self.store.record((await self.session()).id)

    async def guests(self) -> list[Turn]:
        """The guests' turns of this place's newest session."""
        return [turn for turn in await self.record() if turn.kind == "guest"]


def told(result: InteractionResult) -> str:
    """The one answer a person got, which nobody else can see."""
    answers = result.followups or [*filter(None, [result.response])]
    assert [a.ephemeral for a in answers] == [True], answers
    return words(answers[0].message)


def words(message: discord.Message) -> str:
    """What a message says: its text, or all the texts of a card."""
    shown = discord.ui.LayoutView.from_message(message) if message.flags.components_v2 else None
    texts = shown.walk_children() if shown else ()
    return message.content or "\n".join(item.content for item in texts if isinstance(item, discord.ui.TextDisplay))


def buttons(message: discord.Message) -> list[str]:
    """The labels of all buttons of a message, those that can't be pressed now aside."""
    kind = discord.ui.LayoutView if message.flags.components_v2 else discord.ui.View
    shown = kind.from_message(message).walk_children()
    return [item.label or "" for item in shown if isinstance(item, discord.ui.Button) and not item.disabled]


def placeholders(message: discord.Message) -> list[str]:
    """What the menus of a card say before anything is chosen."""
    shown = discord.ui.LayoutView.from_message(message).walk_children()
    return [item.placeholder or "" for item in shown if isinstance(item, discord.ui.Select)]


def harmless(request: HttpLogEntry) -> bool:
    """Whether a request shows nothing, or shows it with every ping turned off."""
    if request.method not in ("POST", "PATCH") or not isinstance(request.json, dict):
        return True
    body = request.json.get("data") or request.json
    if "title" in body:  # a form
        return True
    shows = body.get("content") or body.get("components")
    return not shows or body.get("allowed_mentions", {}).get("parse") == []


def settle_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have simcord look every 5 ms whether the bot rests, not every 50: that is most of a test's time.

    Its limit tells waits from work and must be short; so it is given several times, for machines that are busy.
    """
    settle = Env._settle_internal
    assert settle.__kwdefaults__ is not None
    monkeypatch.setitem(settle.__kwdefaults__, "idle", 0.005)

    async def settle_patiently(env: Env, **options: Any) -> None:
        for _ in range(_PATIENCE - 1):
            try:
                return await settle(env, **options)
            except TimeoutError:
                if options.get("_deadline") is not None:  # of several; whoever advances the clock tries again
                    raise
        return await settle(env, **options)

    monkeypatch.setattr(Env, "_settle_internal", settle_patiently)


def honour_thread_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have webhooks post into the thread they are told to; simcord lets such a message land in the parent channel."""
    for method, routes in thread_routes().items():
        monkeypatch.setitem(router._ROUTES, method, routes)
