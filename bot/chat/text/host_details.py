"""Who runs the bot and where their privacy policy stands, as members read it."""

from dataclasses import dataclass
from typing import Self

import discord

from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class HostDetails:
    """`contact`: how the host is reached, with what would be markup made plain; `privacy_url`: the policy's address."""

    contact: str | None = None
    privacy_url: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        contact = settings.host_contact
        return cls(discord.utils.escape_markdown(contact) if contact else None, settings.privacy_url)

    @property
    def address(self) -> str:
        """What a sentence asks members to turn to: "the host", with the contact and the policy if there are any."""
        known = [self.contact, f"privacy policy: <{self.privacy_url}>" if self.privacy_url else None]
        return f"the host ({'; '.join(filter(None, known))})" if any(known) else "the host"

    @property
    def lines(self) -> list[str]:
        """All that is known, a line each; none where the host has set nothing."""
        reached = f"Questions, reports and requests about your data: {self.contact}" if self.contact else None
        # In angle brackets no character of an address is markup, and Discord draws no preview.
        policy = f"Privacy policy: <{self.privacy_url}>" if self.privacy_url else None
        return [line for line in (reached, policy) if line]
