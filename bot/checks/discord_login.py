"""Whether Discord lets the bot in, and what it may do on its servers."""

from typing import Final

import aiohttp
import discord

from bot.chat.app import BAD_TOKEN, NO_TOKEN, use_other_discord
from bot.chat.bot import needed_intents
from bot.chat.permissions import in_words, missing
from bot.checks.discord_application import check_application
from bot.checks.report import Report
from bot.errors import RoundtableError
from bot.settings import Settings

# How many servers are looked at for permissions.
_SERVERS: Final = 20


async def check_discord(settings: Settings, report: Report, *, fix: bool) -> None:
    """Log in and tell what is right and what is not. `fix`: put the application's install settings right."""
    if settings.discord_token is None:
        report.note(NO_TOKEN)
        return
    try:
        if settings.discord_api_url:
            await use_other_discord(settings.discord_api_url)
        async with discord.Client(intents=needed_intents(message_content=False)) as client:
            await client.login(settings.discord_token.get_secret_value())
            report.fine(f"Discord: logged in as {client.user}.")
            await check_application(client, settings, report, fix=fix)
            await _check_servers(client, report)
    except discord.LoginFailure:
        report.fault(f"Discord: {BAD_TOKEN}")
    except RoundtableError as error:
        report.fault(f"Discord: {error}")
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        report.fault(f"Discord: can't be reached ({type(error).__name__}). Check the network and try again.")


async def _check_servers(client: discord.Client, report: Report) -> None:
    assert client.user is not None
    async for found in client.fetch_guilds(limit=_SERVERS):
        guild = await client.fetch_guild(found.id)
        me = await guild.fetch_member(client.user.id)
        lacking = [*missing(me.guild_permissions, in_thread=False), *missing(me.guild_permissions, in_thread=True)]
        if lacking := list(dict.fromkeys(lacking)):
            report.fault(f"Discord: in {guild.name} I am missing {in_words(lacking)}. Use the invite above again.")
        else:
            report.fine(f"Discord: in {guild.name} I have every permission I need (channels may differ).")
