"""Whether the https addresses of portraits lead to pictures that Discord shows, as far as one look from here tells.

Only `check` asks them; the bot itself hands them to Discord unread. All that is found is a note: Discord sees them from
elsewhere, and a missing picture costs nothing but a face.
"""

import asyncio
import hashlib
import re
import ssl
from collections.abc import Iterable
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.checks.report import Report
from bot.discussion.model.persona import Persona
from bot.discussion.text.segmentation import clipped
from bot.llm.own_network import is_at_home

# A face is shown at 40 or 80 pixels; what is larger than this comes late or, after Discord's own patience, not at all.
_MOST_BYTES: Final = 1024 * 1024
# How long one look may take.
SECONDS: float = 5
_AT_ONCE: Final = 8
_SENT_ON: Final = 5
_SHOWN: Final = 80
# Discord's own pictures stay as they are: https://docs.discord.com/developers/reference#image-formatting
_OF_DISCORD: Final = re.compile(r"https://cdn\.discordapp\.com/(?!(?:ephemeral-)?attachments/)")
_PICTURES: Final = ("image/png", "image/jpeg", "image/webp")
_AT_HOME: Final = "is in your own network, where Discord does not get. Save the picture beside the persona file"
_GIF: Final = "is a GIF, which stands still as a face if it shows at all. Use a PNG, JPEG or WebP"


async def check_portraits(personas: Iterable[Persona], report: Report) -> None:
    """Note what is wrong with the addresses of portraits; each is asked once or twice, several at a time."""
    links = {p.avatar: p.name for p in personas if p.avatar and p.avatar.startswith("https://")}
    asked = {link: name for link, name in links.items() if not _OF_DISCORD.match(link)}
    if not asked:
        return
    places = asyncio.Semaphore(_AT_ONCE)
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context())
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def look(link: str) -> str | None:
            async with places:
                return await _problem(session, link)

        found = await asyncio.gather(*map(look, asked))
    for (link, name), problem in zip(asked.items(), found, strict=True):
        if problem is not None:
            report.note(f"Portrait of {name}: {clipped(link, _SHOWN)} {problem}.")


async def _problem(session: aiohttp.ClientSession, link: str) -> str | None:
    """What is wrong with an address, as the rest of a sentence; None if nothing is."""
    if urlsplit(link).path.lower().endswith(".gif"):
        return _GIF
    try:
        first = await _look(session, link)
        if isinstance(first, str):
            return first
        second = await _look(session, link)
        if isinstance(second, str):
            return second
    # The last is for addresses, also those it is sent on to, that are none.
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return f"can't be reached from here ({type(error).__name__}). See whether a browser shows it"
    if first != second:
        return "is another picture each time, so that the face changes from turn to turn. Use one that stays"
    return None


async def _look(session: aiohttp.ClientSession, link: str) -> str | bytes:
    """What is wrong with what an address answers, else a digest of the picture. Reads at most 1 MB and a byte.

    It is followed by hand where it is sent on: no file of a stranger has this machine ask another of its own network.
    """
    at = link
    for _ in range(_SENT_ON + 1):
        lead = "" if at == link else f"leads to {clipped(at, _SHOWN)}, which "
        if urlsplit(at).scheme != "https":
            return f"{lead}is no https address. Use the one of the picture itself"
        if is_at_home(at):
            return f"{lead}{_AT_HOME}"
        async with session.get(at, allow_redirects=False) as response:
            to = response.headers.get("Location")
            if not (300 <= response.status < 400 and to):
                return await _picture(response)
            at = urljoin(at, to)
    return "is sent on from address to address. Use the one of the picture itself"


async def _picture(response: aiohttp.ClientResponse) -> str | bytes:
    if response.status != 200:
        return f"answers with HTTP {response.status}. See whether a browser shows it"
    if response.content_type == "image/gif":
        return _GIF
    if response.content_type not in _PICTURES:
        return f"is {response.content_type}, which Discord shows nobody as a face. Use a PNG, JPEG or WebP"
    size, digest = response.content_length or 0, hashlib.sha256()
    read = 0
    while size <= _MOST_BYTES and read <= _MOST_BYTES:
        part = await response.content.read(min(64 * 1024, _MOST_BYTES + 1 - read))
        if not part:
            return digest.digest()
        read += len(part)
        digest.update(part)
    return "has more than 1 MB. A face needs 256×256 pixels at most: make it smaller"
