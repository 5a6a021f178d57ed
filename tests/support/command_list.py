"""The commands as Discord is sent them, and docs/commands.md: `python -m tests.support.command_list` writes it."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import discord

from bot.chat.bot import create_bot
from bot.library.catalogue import Catalogue
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.settings import Settings
from bot.store.store import open_store

PAGE: Final = Path(__file__).parents[2] / "docs" / "commands.md"
BEGIN: Final = "<!-- The commands, as `make docs` writes them. -->"
END: Final = "<!-- The end of the commands. -->"
# https://docs.discord.com/developers/interactions/application-commands#application-command-object
_CHAT_INPUT: Final = 1
_SUBCOMMAND: Final = 1
_SUBCOMMAND_GROUP: Final = 2
_KINDS: Final = {
    discord.AppCommandOptionType.boolean: "yes or no",
    discord.AppCommandOptionType.user: "a member",
    discord.AppCommandOptionType.channel: "a channel",
    discord.AppCommandOptionType.role: "a role",
    discord.AppCommandOptionType.mentionable: "a member or role",
    discord.AppCommandOptionType.attachment: "a file",
}

Payload = dict[str, Any]


async def command_payloads() -> list[Payload]:
    """Every command and menu entry of a bot, as Discord is sent them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roundtable.db"
        async with open_store(f"sqlite+aiosqlite:///{file}", file) as store:
            endpoint = Endpoint("http://127.0.0.1:9/v1")
            bot = create_bot(
                Settings(_env_file=None),  # type: ignore[call-arg]
                catalogue=Catalogue((), ()),
                store=store,
                endpoints=EndpointRegistry(endpoint),
            )
            try:
                return [command.to_dict(bot.tree) for command in bot.tree.get_commands()]
            finally:
                await bot.close()
                await endpoint.aclose()


def command_list(payloads: list[Payload]) -> str:
    """All of them as Markdown: a table a command, and one of the entries in the menus of messages and members."""
    commands = [payload for payload in payloads if payload["type"] == _CHAT_INPUT]
    menus = [payload for payload in payloads if payload["type"] != _CHAT_INPUT]
    parts = ["\n".join(_table(command)) for command in commands]
    if menus:
        names = ", ".join(f"*{menu['name']}*{_needs(menu)}" for menu in menus)
        parts.append(f"In the menu of a message, under *Apps*: {names}.")
    return "\n\n".join(parts)


def within(document: str) -> str:
    """What stands between the two marks of a document."""
    return document.partition(BEGIN)[2].partition(END)[0].strip()


def _table(command: Payload) -> Iterator[str]:
    yield f"**`/{command['name']}`**: {_plain(command['description'])}{_needs(command)}"
    yield ""
    yield "| command | what it does | options |"
    yield "| --- | --- | --- |"
    for path, leaf in _leaves(command, f"/{command['name']}"):
        options = "<br>".join(_option(option) for option in leaf.get("options", ()))
        yield f"| `{path}` | {_plain(leaf['description'])} | {options} |"


def _leaves(command: Payload, path: str) -> Iterator[tuple[str, Payload]]:
    """What of a command can be typed, each with all its words."""
    below = [o for o in command.get("options", ()) if o["type"] in (_SUBCOMMAND, _SUBCOMMAND_GROUP)]
    if not below:
        yield path, command
    for option in below:
        yield from _leaves(option, f"{path} {option['name']}")


def _option(option: Payload) -> str:
    facts = [fact for fact in ("needed" if option.get("required") else "", _values(option)) if fact]
    told = f" ({', '.join(facts)})" if facts else ""
    return f"`{option['name']}`{told}: {_plain(option['description'])}"


def _values(option: Payload) -> str:
    if choices := option.get("choices"):
        texts = (choice["value"] if isinstance(choice["value"], str) else choice["name"] for choice in choices)
        return ", ".join(f"`{text}`" for text in texts)
    least, most = option.get("min_value"), option.get("max_value")
    if least is not None and most is not None:
        return f"{least} to {most}"
    if least is not None or most is not None:
        return f"at least {least}" if most is None else f"at most {most}"
    if option.get("max_length"):
        return f"up to {option['max_length']:,} characters"
    return _KINDS.get(discord.AppCommandOptionType(option["type"]), "")


def _needs(command: Payload) -> str:
    value = command.get("default_member_permissions")
    if value is None:
        return ""
    # Discord's clients say server where its API says guild.
    given = [name.replace("guild", "server") for name, is_given in discord.Permissions(int(value)) if is_given]
    said = {"read_messages": "View Channel"}
    permissions = ", ".join(said.get(name, name.replace("_", " ").title()) for name in given)
    return f" (needs {permissions})" if permissions else " (administrators only)"


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def write() -> None:
    """Bring the page up to date."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    rest = rest.partition(END)[2]
    listed = command_list(asyncio.run(command_payloads()))
    PAGE.write_text(f"{before}{BEGIN}\n\n{listed}\n\n{END}{rest}", encoding="utf-8")


if __name__ == "__main__":
    write()
