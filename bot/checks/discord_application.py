"""What an application is set to on Discord's developer portal: what is wrong or missing there, and where to set it.

https://docs.discord.com/developers/resources/application#application-object
"""

from collections.abc import Mapping
from typing import Any, Final

import discord
from discord.http import Route

from bot.chat.commands.answering.invite import invite_link
from bot.checks.install_settings import check_install_settings
from bot.checks.report import Report
from bot.settings import Settings

# The flag for applications that a few use, and the one for those that many do.
_MESSAGE_CONTENT: Final = 1 << 18 | 1 << 19
_PORTAL: Final = "https://discord.com/developers/applications → your application"
# Told some while before Discord's hundred servers without verification, and the 2,500 of one shard.
_MANY: Final = 75
_MANY_A_SHARD: Final = 2_250

Facts = Mapping[str, Any]


async def check_application(client: discord.Client, settings: Settings, report: Report, *, fix: bool) -> None:
    """Tell how the application of a client that has logged in is set. `fix`: put its install settings right.

    Raises discord.HTTPException and whatever else the network does.
    """
    # Not the library's application_info(), which asks an older route and leaves fields out.
    facts: Facts = await client.http.request(Route("GET", "/applications/@me"))
    _tell_of_intent(facts, report)
    _tell_who_can_add_it(facts, settings, report)
    await check_install_settings(client, facts, report, fix=fix)
    _tell_of_the_host(facts, settings, report)
    _tell_of_size(facts, settings, report)
    report.fine(f"Discord: invite the bot with {invite_link(int(facts['id']))}")


def _tell_of_intent(facts: Facts, report: Report) -> None:
    if int(facts.get("flags") or 0) & _MESSAGE_CONTENT:
        report.fine("Discord: the Message Content intent is enabled; guests can simply write.")
    else:
        report.note(
            "Discord: the Message Content intent is off, so guests need `/roundtable say`. Enable it under "
            f"{_PORTAL} → Bot → Privileged Gateway Intents."
        )
    if facts.get("interactions_endpoint_url"):
        report.fault(
            "Discord: commands go to a web address and never reach the bot. Empty “Interactions Endpoint URL” under "
            f"{_PORTAL} → General Information."
        )


def _tell_who_can_add_it(facts: Facts, settings: Settings, report: Report) -> None:
    if facts.get("bot_require_code_grant"):
        report.fault(
            f"Discord: “Requires OAuth2 Code Grant” is on, so no invite works. Switch it off under {_PORTAL} → Bot."
        )
    allowed = settings.allowed_servers
    stays = f" It stays only on those of ALLOWED_SERVERS: {', '.join(map(str, allowed))}." if allowed else ""
    if not facts.get("bot_public"):
        report.fine(f"Discord: “Public Bot” is off, so only you can add the bot to servers.{stays}")
    elif allowed:
        report.fine(f"Discord: “Public Bot” is on, so anybody can add the bot to a server.{stays}")
    else:
        report.note(
            "Discord: “Public Bot” is on and ALLOWED_SERVERS is not set, so anybody can add the bot to a server and "
            f"spend your tokens there. Switch it off under {_PORTAL} → Bot, once Installation → Install Link is None, "
            "or set ALLOWED_SERVERS."
        )


def _tell_of_the_host(facts: Facts, settings: Settings, report: Report) -> None:
    """What Discord's terms ask of whoever runs an application: docs/discord.md."""
    if settings.host_contact is None:
        report.note("HOST_CONTACT is not set, so members can't report a problem to you. Set it to how you are reached.")
    policy = facts.get("privacy_policy_url")
    if not policy:
        report.note(
            "Discord: the application has no privacy policy, which Discord asks of every one. docs/PRIVACY.md is a "
            f"template; put its address under {_PORTAL} → General Information → Privacy Policy URL, and in PRIVACY_URL."
        )
    elif settings.privacy_url != policy:
        report.note(f"PRIVACY_URL is not the privacy policy that Discord shows. Set it to {policy}, or that to yours.")
    if not facts.get("terms_of_service_url"):
        report.note(
            "Discord: the application has no terms of service, which verification asks for. docs/TERMS.md is a "
            f"template; put its address under {_PORTAL} → General Information → Terms of Service URL."
        )


def _tell_of_size(facts: Facts, settings: Settings, report: Report) -> None:
    servers = int(facts.get("approximate_guild_count") or 0)
    if settings.shard_count and servers >= _MANY_A_SHARD * settings.shard_count:
        report.note(
            f"Discord: the bot is on about {servers:,} servers, and each of SHARD_COUNT={settings.shard_count} shards "
            "may have 2,500. Set a larger one, or leave it blank: then Discord says how many."
        )
    elif servers >= _MANY:
        report.note(
            f"Discord: the bot is on about {servers:,} servers. Unless Discord has verified it, it joins no more than "
            "100 (docs/discord.md)."
        )
