"""Whether Discord lets the bot in, and what it may do on its servers."""

import asyncio
from typing import Final

import aiohttp
import discord

from bot.chat.app import NO_TOKEN
from bot.chat.bot import needed_intents
from bot.chat.database_owner import another_s
from bot.chat.first_contact import BAD_TOKEN, use_other_discord
from bot.chat.rules.api_errors import kind_of
from bot.chat.rules.permissions import in_words, missing
from bot.chat.status_channel import NoStatusChannel, StatusChannel
from bot.checks.discord_application import check_application
from bot.checks.report import Report
from bot.errors import RoundtableError
from bot.settings import Settings
from bot.store.models import LookedInto

# How many servers are looked at for permissions.
_SERVERS: Final = 20
# How long all of it may take, in seconds; the library itself tries for 25 where Discord answers with a 5xx.
SECONDS: float = 60
# How long a rate limit may be for it to be waited for, in seconds: the least that the library lets one choose.
_LONGEST_WAIT: Final = 30.0


async def check_discord(settings: Settings, report: Report, *, fix: bool, database: LookedInto | None = None) -> None:
    """Log in and tell what is right and what is not. `fix`: put the application's install settings right. `database`:
    the one that is there."""
    if settings.discord_token is None:
        if fix:
            report.fault(NO_TOKEN)
        else:
            report.note(NO_TOKEN)
            report.needs("DISCORD_TOKEN")
        return
    try:
        async with asyncio.timeout(SECONDS):
            await _log_in_and_look(
                settings, settings.discord_token.get_secret_value(), report, fix=fix, database=database
            )
    except discord.LoginFailure:
        report.fault(f"Discord: {BAD_TOKEN}")
    except RoundtableError as error:
        report.fault(f"Discord: {error}")
    except TimeoutError:
        report.fault(f"Discord: no answer within {SECONDS:g} s. Check the network and try again later.")
    except (discord.HTTPException, discord.RateLimited) as error:
        report.fault(f"Discord: {_in_words(error)}")
    except (aiohttp.ClientError, OSError) as error:
        report.fault(f"Discord: can't be reached ({type(error).__name__}). Check the network and try again.")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # A page of some machine in between, or a part that the library and we take for granted.
        report.fault(
            f"Discord: what came back is no answer of Discord's ({type(error).__name__}). Look for a proxy in between, "
            "and try again."
        )


async def _log_in_and_look(
    settings: Settings, token: str, report: Report, *, fix: bool, database: LookedInto | None
) -> None:
    if settings.discord_api_url:
        await use_other_discord(settings.discord_api_url)
    intents = needed_intents(message_content=False)
    async with discord.Client(intents=intents, max_ratelimit_timeout=_LONGEST_WAIT) as client:
        await client.login(token)
        report.fine(f"Discord: logged in as {client.user}.")
        if database is not None:
            _tell_whose_it_is(client, database, report)
        await check_application(client, settings, report, fix=fix)
        if settings.discord_status_channel:
            try:
                await StatusChannel(client, settings.discord_status_channel).find()
            except NoStatusChannel as problem:
                report.fault(f"Discord: {problem}")
        async for guild in client.fetch_guilds(limit=_SERVERS):
            await _check_server(client, guild, settings, report)


def _tell_whose_it_is(client: discord.Client, database: LookedInto, report: Report) -> None:
    """Whether the database is the application's whose token is set."""
    assert client.application_id is not None
    assert client.user is not None
    match database.application:
        case None:
            report.fine("Database: it belongs to no application yet; the next start makes it that of DISCORD_TOKEN.")
        case owner if owner == str(client.application_id):
            report.fine("Database: it belongs to the application of DISCORD_TOKEN.")
        case owner:
            report.fault(another_s(owner, client.application_id, client.user.name))


async def _check_server(client: discord.Client, found: discord.Guild, settings: Settings, report: Report) -> None:
    assert client.user is not None
    if settings.allowed_servers and found.id not in settings.allowed_servers:
        report.note(
            f"Discord: {found.name} ({found.id}) is not among ALLOWED_SERVERS: the bot leaves it when it is started."
        )
        return
    try:
        guild = await client.fetch_guild(found.id)
        me = await guild.fetch_member(client.user.id)
    except (discord.Forbidden, discord.NotFound) as error:
        report.note(f"Discord: {found.name} can't be looked at now ({kind_of(error)}).")
        return
    lacking = [*missing(me.guild_permissions, in_thread=False), *missing(me.guild_permissions, in_thread=True)]
    if lacking := list(dict.fromkeys(lacking)):
        report.fault(f"Discord: in {guild.name} I am missing {in_words(lacking)}. Use the invite above again.")
    else:
        report.fine(f"Discord: in {guild.name} I have every permission I need (channels may differ).")


def _in_words(error: discord.HTTPException | discord.RateLimited) -> str:
    """What Discord answered in place of what was asked for, and what would help."""
    if isinstance(error, discord.RateLimited):
        return f"takes no more requests for {error.retry_after:.0f} s. Try again then."
    match error.status:
        case 401:
            return BAD_TOKEN
        case 429:
            return "takes no more requests from this machine's address for a while. Try again in an hour."
        case status if status >= 500:
            return f"has trouble of its own (HTTP {status}). Try again later; https://discordstatus.com may tell more."
        case _:
            said = " ".join(error.text.split())
            return f"refused what it was asked ({kind_of(error)}{f': {said}' if said else ''}). Try again later."
