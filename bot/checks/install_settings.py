"""How an application is installed where somebody presses “Add App”: told, and put right by `check --fix`.

https://docs.discord.com/developers/resources/application#installation-context
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord.http import Route

from bot.chat.commands.answering.invite import GUILD_INSTALL, PERMISSIONS, SCOPES
from bot.chat.rules.permissions import NEEDED
from bot.checks.report import Report

_USER_INSTALL: Final = "1"
_WHERE: Final = "https://discord.com/developers/applications → your application → Installation"


@dataclass(frozen=True, slots=True)
class _Flaw:
    """What is wrong, and what is so once that is mended; each the middle of a sentence."""

    found: str
    mended: str


async def check_install_settings(
    client: discord.Client, facts: Mapping[str, Any], report: Report, *, fix: bool
) -> None:
    """Tell what is wrong with the install settings of an application, as Discord tells of it; `fix`: put it right.

    Nothing else is changed, and nothing that was set besides is taken away but the installing for oneself.
    """
    flaws = _flaws(facts)
    if link := facts.get("custom_install_url"):
        report.note(f"Discord: “Add App” leads to {link}. See that it asks for what the invite below asks for.")
    if not flaws:
        report.fine("Discord: the install settings are right.")
        return
    if not fix:
        for flaw in flaws:
            report.note(f"Discord: {flaw.found}. `roundtable check --fix` sets that right.")
        return
    try:
        # Not the library's AppInfo.edit, which can only add installing for oneself, not take it away.
        after = await client.http.request(Route("PATCH", "/applications/@me"), json=_mended(facts))
    except discord.HTTPException as error:
        if error.status in (401, 429) or error.status >= 500:
            raise  # of no concern to what was sent
        report.fault(f"Discord: the install settings were refused ({' '.join(error.text.split())}). {_by_hand()}")
        return
    left = _flaws(after)
    for flaw in flaws:
        if flaw in left:
            report.fault(f"Discord: the install settings were taken, but {flaw.found}. {_by_hand()}")
        else:
            report.fine(f"Discord: --fix: {flaw.mended}.")


def _flaws(facts: Mapping[str, Any]) -> list[_Flaw]:
    config = facts.get("integration_types_config") or {}
    flaws: list[_Flaw] = []
    if config.get(_USER_INSTALL) is not None:
        flaws.append(
            _Flaw(
                "members can install the bot for themselves alone, which opens no table anywhere",
                "the bot is installed on servers, and no longer by members for themselves",
            )
        )
    if _has_link(facts) and (_lacking(_of_servers(facts)) or _lacking(facts.get("install_params"), absent=())):
        flaws.append(
            _Flaw(
                "whoever presses “Add App” on the bot's profile gives it too little to work with",
                f"“Add App” gives the bot the scopes {' and '.join(SCOPES)} and {', '.join(NEEDED.values())}",
            )
        )
    return flaws


def _mended(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What to send so that there is no flaw left."""
    for_servers = dict((facts.get("integration_types_config") or {}).get(GUILD_INSTALL) or {})
    if _has_link(facts):
        for_servers["oauth2_install_params"] = _completed(_of_servers(facts))
    # Whole, since a part that is left out is taken away: so goes the installing for oneself.
    sent: dict[str, Any] = {"integration_types_config": {GUILD_INSTALL: for_servers}}
    # The older field of the same meaning, where an application still has it.
    if _has_link(facts) and _lacking(older := facts.get("install_params"), absent=()):
        sent["install_params"] = _completed(older)
    return sent


def _has_link(facts: Mapping[str, Any]) -> bool:
    """Whether what is set here is what "Add App" gives.

    Discord allows a private application no default link ("Private application cannot have a default authorization
    link"); whoever owns it has the invite. In the place of a link of the host's own there are no such settings.
    """
    return bool(facts.get("bot_public")) and not facts.get("custom_install_url")


def _of_servers(facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    config = facts.get("integration_types_config") or {}
    return (config.get(GUILD_INSTALL) or {}).get("oauth2_install_params")


def _lacking(params: Mapping[str, Any] | None, *, absent: tuple[str, ...] = SCOPES) -> tuple[str, ...]:
    """What install parameters lack; where there are none, `absent`."""
    if not params:
        return absent
    scopes = tuple(scope for scope in SCOPES if scope not in (params.get("scopes") or ()))
    given = discord.Permissions(int(params.get("permissions") or 0))
    if given.administrator:
        return scopes
    return scopes + tuple(name for flag, name in NEEDED.items() if not getattr(given, flag))


def _completed(params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Install parameters with all that the bot needs, and what else they have."""
    params = params or {}
    others = [scope for scope in params.get("scopes") or () if scope not in SCOPES]
    permissions = int(params.get("permissions") or 0) | PERMISSIONS.value
    return {"scopes": [*SCOPES, *others], "permissions": str(permissions)}


def _by_hand() -> str:
    needed = f"the scopes {' and '.join(SCOPES)} and the permissions {', '.join(NEEDED.values())}"
    return f"Set them under {_WHERE}: Guild Install only, and for it {needed}."
