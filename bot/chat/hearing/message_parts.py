"""What a message holds beside its text, in words: a poll's question, a forward, pictures, stickers, voice.

| part | stands in the turn as | is a turn by itself |
| --- | --- | --- |
| poll | `[poll: Rye or wheat? (rye / wheat)]` | yes |
| forward from elsewhere | `[forwarded: “what was said”]` | yes, if it has a text |
| forward from the same place | nothing: the table has heard it | no |
| text file up to 20 kB (`message.txt`) | its text (pasted_text.py), else `[file]` | yes |
| image, other file | `[image]`, `[file]` | no |
| voice message | `[voice message]` | no |
| sticker | `[sticker: Wave]` | no |
| a picker's GIF, emoji or stickers as links, and nothing else | nothing | no |
"""

import re
from typing import Final

import discord

from bot.discussion.text.folding import one_line

_VOICE: Final = discord.MessageFlags.voice.flag
# Where the client's picker takes GIFs from; it sends their address as the message's text. With them custom emoji and
# stickers that somebody may not use here: client plugins send the address of their picture, behind their name or not.
_GIF: Final = (
    r"https://(?:(?:www\.)?tenor\.com/view/|(?:www\.)?giphy\.com/gifs/|media\d?\.(?:tenor|giphy)\.com/|(?:www\.)?klipy\.com/gifs?/"
    r"|static\.klipy\.com/|(?:cdn\.discordapp\.com|media\.discordapp\.net)/(?:emojis|stickers)/)[^\s<>()]+"
)
_ONE_GIF: Final = rf"(?:\[[\w.\u200b-]*\]\(<?{_GIF}>?\)|<{_GIF}>|{_GIF})"
_ONLY_GIFS: Final = re.compile(rf"(?:{_ONE_GIF}(?:\s+|\Z))+")


def words_beside(message: discord.Message) -> list[str]:
    """The parts beside the text that say something in words."""
    return [*_poll(message), *_forward(message)]


def things_beside(message: discord.Message, *, read: int = 0) -> list[str]:
    """The parts that only accompany words; so many text files, which have been `read`, are left out."""
    if message.flags.value & _VOICE:
        return ["[voice message]"]
    files = ["[image]" if (a.content_type or "").startswith("image/") else "[file]" for a in message.attachments]
    for _ in range(read):
        files.remove("[file]")
    return [*files, *(f"[sticker: {one_line(sticker.name)}]" for sticker in message.stickers)]


def is_forward(message: discord.Message) -> bool:
    """Whether a message shows another one, and says nothing of its own."""
    return bool(message.message_snapshots)


def is_only_gifs(text: str) -> bool:
    """Whether a text is nothing but addresses of GIFs out of the client's picker, and of emoji and stickers."""
    return _ONLY_GIFS.fullmatch(text) is not None


def _poll(message: discord.Message) -> list[str]:
    if message.poll is None:
        return []
    answers = " / ".join(one_line(answer.text) for answer in message.poll.answers if answer.text)
    question = one_line(message.poll.question)
    return [f"[poll: {question} ({answers})]" if answers else f"[poll: {question}]"]


def _forward(message: discord.Message) -> list[str]:
    if message.reference is not None and message.reference.channel_id == message.channel.id:
        return []
    texts = (shown.content.strip() for shown in message.message_snapshots)
    return [f"[forwarded: “{text}”]" for text in texts if text]
