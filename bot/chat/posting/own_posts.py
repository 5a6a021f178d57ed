"""What the bot shows of a table as itself (cards, notices, minutes), drawn when it is sent."""

import io
from collections.abc import Callable
from typing import Any

import discord

from bot.chat.cards import bot_messages as cards
from bot.chat.posting.avatars import Avatars
from bot.chat.text.host_details import HostDetails
from bot.discussion.model.persona import Persona
from bot.store.models import Post, PostKind, StoredSession


class OwnPosts:
    """Those of one session."""

    def __init__(
        self,
        stored: StoredSession,
        client: discord.Client,
        *,
        avatars: Avatars,
        model_of: Callable[[Persona], str | None],
        host: HostDetails,
    ) -> None:
        self._stored = stored
        self._client = client
        self._avatars = avatars
        self._model_of = model_of
        self._host = host

    def drawn(self, post: Post) -> dict[str, Any]:
        """What a post is sent with."""
        match post.kind:
            case PostKind.CARD:
                return {
                    "embeds": cards.opening_card(
                        self._stored.session,
                        self._avatars.url,
                        can_read=self._client.intents.message_content,
                        model=self._model_of,
                        host=self._host,
                    )
                }
            case PostKind.MINUTES if post.attachment:
                file = discord.File(io.BytesIO(post.attachment.encode()), filename="minutes.md")
                return {"content": post.content, "file": file}
            case _:
                return {"content": post.content, "suppress_embeds": True}
