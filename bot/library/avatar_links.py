"""Addresses that look like a portrait's and are none: links that expire, and pages that only show a picture."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_BESIDE: Final = "Save the picture beside the persona file and write its name here."


@dataclass(frozen=True, slots=True)
class _Site:
    host: str
    path: str
    found: str
    fix: str = _BESIDE


def _page(host: str, path: str, direct: str = "") -> _Site:
    fix = (
        f"Write the address of the picture itself ({direct}), or save it beside the persona file."
        if direct
        else _BESIDE
    )
    return _Site(host, path, "is a page that shows a picture, and no picture.", fix)


# Host and path as patterns, matched whole.
_SITES: Final = (
    # Signed since the end of 2023, for about a day: https://discord.com/developers/docs/reference#signed-attachment-cdn-urls
    _Site(
        r"(?:cdn\.discordapp\.com|media\.discordapp\.net)",
        r"/(?:ephemeral-)?attachments/.*[?&]ex=.*",
        "is a link to a Discord attachment, which expires within a day.",
    ),
    # As the same page says, Discord itself renews one without its signature; a browser, and so the host, sees nothing.
    _Site(
        r"(?:cdn\.discordapp\.com|media\.discordapp\.net)",
        r"/(?:ephemeral-)?attachments/.*",
        "is a link to a Discord attachment, which goes with the message it was sent in.",
    ),
    _page(r"(?:www\.|m\.)?imgur\.com", r"/(?!.*\.(?:png|jpe?g|gif|webp)$).*", "https://i.imgur.com/… .png"),
    _page(r"(?:drive|docs)\.google\.com", r".*"),
    _page(r"photos\.(?:google\.com|app\.goo\.gl)", r".*"),
    _page(
        r"(?:www\.)?github\.com",
        r"/[^/]+/[^/]+/(?:blob|tree)/(?!.*\?raw=(?:1|true)).*",
        "https://raw.githubusercontent.com/…",
    ),
    _page(r"gitlab\.com", r"/.+/-/(?:blob|tree)/.*", "with /-/raw/ in place of /-/blob/"),
    _page(r"(?:www\.)?dropbox\.com", r"(?!.*(?:raw=1|dl=1)).*", "with raw=1 in place of dl=0"),
    _page(r"(?:1drv\.ms|onedrive\.live\.com|[\w-]+\.sharepoint\.com)", r".*"),
    _page(r"(?:www\.)?icloud\.com", r".*"),
    _page(r"(?:www\.)?postimg\.cc", r".*", "https://i.postimg.cc/…"),
    _page(r"(?:www\.)?ibb\.co", r".*", "https://i.ibb.co/…"),
    _page(r"(?:www\.)?(?:prnt\.sc|gyazo\.com)", r"(?!.*\.(?:png|jpe?g|gif|webp)$).*"),
    _page(r"(?:www\.)?tenor\.com", r"/view/.*", "https://media.tenor.com/…"),
    _page(r"(?:www\.)?giphy\.com", r"/(?:gifs|stickers)/.*", "https://media.giphy.com/…"),
    _page(r"(?:www\.)?flickr\.com", r"/photos/.*"),
    _page(r"(?:[\w-]+\.)?pinterest\.[a-z.]+", r".*"),
    _page(r"(?:www\.)?deviantart\.com", r".*"),
    _page(r"(?:www\.)?artstation\.com", r"/artwork/.*"),
    _page(r"(?:www\.)?instagram\.com", r".*"),
    _page(r"(?:[\w-]+\.)?(?:reddit|facebook|tiktok|tumblr)\.com", r".*"),
    _page(r"(?:www\.|mobile\.)?(?:x|twitter)\.com", r".*"),
    _page(r"(?:www\.|m\.)?youtube\.com|youtu\.be", r".*"),
    _page(r"(?:www\.)?(?:chub\.ai|characterhub\.org|character\.ai|janitorai\.com)", r"/(?:characters?|chat)/.*"),
    _page(r"(?:[\w-]+\.)?(?:wikipedia|wikimedia)\.org", r"/wiki/.*", "https://upload.wikimedia.org/…"),
    _page(r"(?:canary\.|ptb\.)?discord(?:app)?\.com", r"/channels/.*"),
)


def link_problem(address: str) -> tuple[str, str] | None:
    """What is wrong with an https address as a portrait, and the fix; None as far as can be told without asking it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host, path = parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else "")
    for site in _SITES:
        if re.fullmatch(site.host, host) and re.fullmatch(site.path, path, re.IGNORECASE | re.DOTALL):
            return site.found, site.fix
    return None
