"""The settings about Discord, and what members are told of whoever runs the bot."""

import re
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from bot.endpoint_settings import WebAddress
from bot.settings.ids import DiscordIds

# Between two turns of a table on Discord lie so many seconds, whatever the dial says.
DISCORD_MIN_PACE: Final = 3.0
# A channel takes about 30 messages of webhooks in 60 s, those in its threads counted in as far as anybody knows: not
# documented, but told by a developer of Discord's (https://github.com/discord/discord-api-docs/issues/367).
DISCORD_POST_PACE: Final = 60 / 30
# Which kinds of messages notify members.
Notify = Literal["card", "all", "none"]
# The application of https://pluralkit.me, whose webhooks speak for members.
PLURALKIT: Final = 466378653216014359


class DiscordSection(BaseSettings):
    """Where and as whom the bot is on Discord."""

    discord_token: SecretStr | None = Field(
        default=None,
        description="The bot's token: https://discord.com/developers/applications → your application → Bot → Reset "
        "Token. Needed for `roundtable run`; `roundtable demo` and `roundtable discuss` do without.",
    )
    discord_api_url: WebAddress | None = Field(
        default=None,
        description="Another address for Discord's REST API, for a rate-limit proxy or a stand-in. Blank: Discord's "
        "own.",
        examples=["http://127.0.0.1:7777/api/v10"],
    )
    shard_count: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="In how many connections (shards) the bot is on Discord, which allows 2,500 servers in each. "
        "Blank: as many as Discord recommends, which is one up to a thousand servers or so. Where several processes "
        "share a PostgreSQL database: the same number for all of them, and at least one for each.",
    )
    # None: every server. An empty list would shut everybody out, which nobody means.
    allowed_servers: Annotated[DiscordIds | None, NoDecode] = Field(
        default=None,
        description="The only servers the bot stays in, by id, separated by commas; it leaves any other with a "
        "sentence. Blank: every server. Whoever can add your bot to a server spends your tokens there: see “Public "
        "Bot” in the README.",
        examples=["112233445566778899, 998877665544332211"],
    )
    age_restricted: bool = Field(
        default=False,
        description="Whether the personas or the model may say what is for adults only, true or false. Tables then "
        "open only in channels that are marked as age-restricted, as Discord's terms demand.",
    )
    notify: Notify = Field(
        default="card",
        description="Which messages notify members, on servers where every message does: card (the one that opens a "
        "table), all, or none.",
    )
    proxy_applications: Annotated[DiscordIds, NoDecode] = Field(
        default=(PLURALKIT,),
        description="Applications that repost members' messages under another name, by id, separated by commas; "
        f"`none`: no such. What they post is taken for what that member said. {PLURALKIT} is PluralKit; the example "
        "adds Tupperbox.",
        examples=[f"{PLURALKIT}, 431544605209788416"],
    )

    reactions: bool = Field(
        default=True,
        description="Whether members' reactions to what personas say count (👍, 👎 and the like), true or false: the "
        "persona that speaks next is told in a few words what the audience made of a turn. A server can switch that "
        "off for itself.",
    )

    @field_validator("allowed_servers")
    @classmethod
    def _some_server(cls, value: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if value == ():
            raise ValueError("would let the bot be nowhere. Write servers' ids, or leave it out to allow every server")
        return value


class HostSection(BaseSettings):
    """Who runs the bot."""

    host_contact: Annotated[str, Field(max_length=200)] | None = Field(
        default=None,
        description="How members reach you with questions, reports and requests about their data: an address, a "
        "handle, an invite. Shown in `/roundtable privacy` and `help`, on the opening card and wherever the bot itself "
        "has failed.",
        examples=["mail to table@example.org"],
    )
    privacy_url: Annotated[str, Field(max_length=200)] | None = Field(
        default=None,
        description="The address of your privacy policy; docs/PRIVACY.md is a template. Shown in the same places.",
        examples=["https://example.org/roundtable/privacy"],
    )

    @field_validator("privacy_url")
    @classmethod
    def _page(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[^\s/<>]+\.[^\s<>]+", value, re.IGNORECASE):
            raise ValueError("is not a web address. Write something like https://example.org/privacy")
        return value

    @field_validator("host_contact")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        return " ".join(value.split()) if value else None
