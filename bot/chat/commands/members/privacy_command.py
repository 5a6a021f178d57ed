"""`/roundtable privacy`: what is kept about whoever asks, a copy of it, and having it forgotten. Always in private."""

import io
import json
from typing import Any, Final, Literal

import discord

from bot.chat.cards import components as c
from bot.chat.commands.answering.clicks import Click, Handler
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answer, defer, may_be_lost, show, show_anew
from bot.chat.text.host_details import HostDetails
from bot.chat.text.split import MESSAGE_LIMIT
from bot.discussion.model.erasure import Member
from bot.discussion.text.segmentation import clipped
from bot.errors import UserError
from bot.llm.own_network import hosts_away, is_at_home
from bot.settings import Settings
from bot.store.member_data import Kept

Action = Literal["tell", "export", "forget me", "keep me out", "let me in"]

SURE: Final = (
    "**Forget you on this server?** What you said at its tables is blanked in my database; your votes, reactions, name "
    "and ids are taken out of it, and out of what later tables are told; what I posted for you I delete, where Discord "
    "lets me. This can't be undone. It reaches neither messages that you wrote in the channels (you can delete those), "
    "nor minutes that were handed out, nor what the host's model was sent before, nor what another application posted "
    "for you while I was away (delete that in the channel). What personas said stays, without your name; what other "
    "members wrote stays. Personas and tasks that you made stay the server's; who made them is gone."
)
CONVENER: Final = "You convened a table that is still open: afterwards only members with **Manage Messages** steer it."
FORGOTTEN: Final = (
    "Done: what you said at this server's tables is gone from my database, with your votes, reactions, name and "
    "ids. What you write at a table from now on is taken in again; `keep me out` of `/roundtable privacy` changes that."
)
STILL_OUT: Final = "I keep one thing, your id on the list of those who want to be kept out; `let me in` removes it."
KEPT_OUT: Final = (
    "From now on I take nothing of yours into a discussion on this server. What you said before stays in it; "
    "`forget me` removes that. `let me in` takes this back."
)
LET_IN: Final = "What you write at a table of this server is taken in again. Begin a message with `//` to keep it out."
# Of the machines that models run on so many are named, each with so many characters: an answer has 2000.
_HOSTS: Final = 3
_HOST_LIMIT: Final = 60
LEFT_OUT: Final = (
    "You asked to be kept out of discussions here. `/roundtable privacy` with `let me in` takes that back."
)


async def act(interaction: Interaction, action: Action) -> None:
    """Do what was asked and answer in private."""
    await defer(interaction, ephemeral=True)
    match action:
        case "tell":
            await show(interaction, await _card(interaction))
        case "export":
            await _export(interaction)
        case "forget me":
            await _ask_whether_sure(interaction)
        case "keep me out":
            await _keep_out(interaction, out=True)
            await answer(interaction, KEPT_OUT)
        case "let me in":
            await _keep_out(interaction, out=False)
            await answer(interaction, LET_IN)


async def _card(interaction: Interaction) -> discord.ui.LayoutView:
    is_out = await interaction.client.member_data.is_kept_out(_guild(interaction), interaction.user.id)
    return c.card(
        *map(c.text, clipped(await tell(interaction), MESSAGE_LIMIT).splitlines()),
        c.row(
            c.button("Export", "privacy-export", emoji="📦"),
            c.button("Let me in", "privacy-in") if is_out else c.button("Keep me out", "privacy-out"),
            c.button("Forget me…", "privacy-sure", style=c.Style.danger),
        ),
    )


async def tell(interaction: Interaction) -> str:
    """What is kept, for how long and where it goes, with the asker's own figures."""
    settings = interaction.client.settings
    kept = await interaction.client.member_data.about(_guild(interaction), interaction.user.id)
    made = await interaction.client.workshop.makers.made_by(_guild(interaction), interaction.user.id)
    of_server = (await interaction.client.servers.of(_guild(interaction))).keep_days
    return "\n".join(
        [
            f"**What I keep about you on this server.** {_figures(kept)}{_made(*made)}",
            "**What that is.** Of a message at a table: its text, the name you had, your Discord id, the message's id "
            "and the time; where I posted for you, the address of your picture; also of what an application like "
            "PluralKit posts again for you. Of a table: its questions, who convened it (id), who steered it (name), "
            "your votes, and how you reacted (👍, 👎 and the like) to what personas said. Nothing is taken in where no "
            "table is open, nor what begins with `//`. What a table came to is kept for later ones with guests as “a "
            "guest” (`/roundtable memory`).",
            f"**For how long.** {_how_long(settings, kept, of_server)} "
            "I blank a message when you delete it, and change it when you edit it while its table is open.",
            f"**Where it goes.** {_where_to(settings)} The minutes go into the channel.",
            "**What you can do.** `/roundtable privacy` with `export` gives you all of it as a file, `forget me` has "
            "it forgotten, `keep me out` has me leave out what you write.",
            *HostDetails.of(settings).lines,
        ]
    )


async def refuse_kept_out(interaction: Interaction) -> None:
    """Raise UserError for a member who asked to be kept out of discussions."""
    if await interaction.client.member_data.is_kept_out(_guild(interaction), interaction.user.id):
        raise UserError(LEFT_OUT)


async def _export(interaction: Interaction) -> None:
    member = await _member(interaction)
    data = await interaction.client.member_data.export(_guild(interaction), member)
    text = json.dumps(data, ensure_ascii=False, indent=2)
    file = discord.File(io.BytesIO(text.encode()), filename="roundtable-about-you.json")
    with may_be_lost(interaction):
        await interaction.followup.send(
            "Everything I keep about you on this server. Only you can see this.",
            file=file,
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )


async def _ask_whether_sure(interaction: Interaction) -> None:
    mine = interaction.user.id
    runners = interaction.client.supervisor.open_sessions(_guild(interaction))
    text = f"{SURE}\n{CONVENER}" if any(runner.stored.convener_id == mine for runner in runners) else SURE
    await show(
        interaction,
        c.card(
            c.text(text),
            c.row(
                c.button("Forget me", "privacy-forget", mine, style=c.Style.danger, emoji="🗑"),
                c.button("Cancel", "close"),
            ),
        ),
    )


async def _forget(interaction: Interaction, click: Click) -> None:
    if click.argument != str(interaction.user.id):
        raise UserError("Only whoever asked for this can confirm it. `/roundtable privacy` is there for you, too.")
    await defer(interaction)
    # Ids grow with time: whatever is older than this click was said before.
    member = await _member(interaction)
    await interaction.client.supervisor.forget(_guild(interaction), member, listen_from=interaction.id)
    kept = await interaction.client.member_data.about(_guild(interaction), interaction.user.id)
    text = f"{FORGOTTEN} {STILL_OUT}" if kept.kept_out else FORGOTTEN
    await show_anew(interaction, c.card(c.text(text)))


async def _pressed(interaction: Interaction, click: Click) -> None:
    """A button that does what one of the actions of the command does."""
    await act(interaction, _BUTTONS[click.verb])


async def _keep_out(interaction: Interaction, *, out: bool) -> None:
    await interaction.client.member_data.keep_out(_guild(interaction), interaction.user.id, out=out)


async def _member(interaction: Interaction) -> Member:
    known = await interaction.client.member_data.names(_guild(interaction), interaction.user.id)
    return Member(interaction.user.id, tuple(dict.fromkeys([interaction.user.display_name, *known])))


def _guild(interaction: discord.Interaction[Any]) -> int:
    if interaction.guild_id is None:
        raise UserError("I keep things by server. Ask me on the server that you want to know about.")
    return interaction.guild_id


def _figures(kept: Kept) -> str:
    if not kept.messages:
        said = "No message of yours"
    else:
        said = f"{_count(kept.messages, 'message')} of yours in {_count(kept.discussions, 'discussion')}"
    convened = f", and that you convened {_count(kept.convened, 'discussion')}" if kept.convened else ""
    given = [_count(n, what) for n, what in ((kept.votes, "vote"), (kept.reactions, "reaction")) if n]
    voted = f" And {' and '.join(given)} of yours." if given else ""
    out = " You are on the list of those whom I keep out." if kept.kept_out else ""
    return f"{said}{convened}.{voted}{out}"


def _made(personas: int, tasks: int) -> str:
    if not personas and not tasks:
        return ""
    return f" You made {_count(personas, 'persona')} and {_count(tasks, 'task')} of this server."


def _how_long(settings: Settings, kept: Kept, of_server: int | None = None) -> str:
    left = f"When I am removed from the server, everything of it goes after {_count(settings.leave_grace_days, 'day')}."
    if of_server and of_server < (settings.retention_days or of_server + 1):
        return f"This server keeps a discussion for {_count(of_server, 'day')} after it has ended. {left}"
    if settings.retention_days is None:
        return f"This host keeps discussions until they are deleted by hand. {left}"
    usual = f"A discussion is deleted {_count(settings.retention_days, 'day')} after it has ended"
    if kept.promised_days is None or "retention_days" in settings.model_fields_set:
        return f"{usual}. {left}"
    return f"{usual}; older ones of this server {_count(kept.promised_days, 'day')} after, as was said then. {left}"


def _where_to(settings: Settings) -> str:
    """Which machines the discussions are sent to; no more of a host's own network than that it is theirs."""
    addresses = [settings.llm_base_url, *(named.base_url for named in settings.endpoints.values())]
    used = [address for address in addresses if address]
    if not used:
        return "Nowhere: the personas are played by a text generator inside the bot."
    away = hosts_away(used)
    places = ["on the host's own network"] if any(map(is_at_home, used)) else []
    places += [f"at `{clipped(host, _HOST_LIMIT)}`" for host in away[:_HOSTS]]
    if len(away) > _HOSTS:
        places.append(f"on {len(away) - _HOSTS} more")
    return (
        f"What is said at a table goes, with names, to the language model {' and '.join(places)}, which writes what "
        "the personas say. What is kept there is beyond me; ask whoever runs me."
    )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


_BUTTONS: Final[dict[str, Action]] = {
    "privacy": "tell",
    "privacy-export": "export",
    "privacy-sure": "forget me",
    "privacy-out": "keep me out",
    "privacy-in": "let me in",
}
VERBS: Final[dict[str, Handler]] = {**dict.fromkeys(_BUTTONS, _pressed), "privacy-forget": _forget}
