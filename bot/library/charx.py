"""CHARX: a character card with its pictures in a zip file. https://github.com/kwaroran/character-card-spec-v3

Nothing is unpacked onto a disk, so no name in it can lead anywhere.
"""

import base64
import binascii
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final, cast

from bot.library.file_problem import FileProblem, UnusableFile

_CARD: Final = "card.json"
# A card with a picture for each of many moods has some hundred files. Each file has this mark in the zip's list.
_MOST_FILES: Final = 2_000
_LISTED: Final = b"PK\x01\x02"
# Others can ask for gigabytes of memory before the first byte.
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError)
_EMBEDDED: Final = re.compile(r"embed{1,2}ed://", re.IGNORECASE)
_DATA: Final = re.compile(r"data:[\w/+.;=-]{0,100};base64,", re.IGNORECASE)
_AGAIN: Final = "Export it again from the tool that made it, or as a PNG or JSON."


class CharxFile:
    """One opened file."""

    def __init__(self, data: bytes, name: str) -> None:
        """`name`: what the file is called, for sentences. Raises UnusableFile."""
        self._name = name
        if (listed := data.count(_LISTED)) > _MOST_FILES:
            raise self._unusable(f"holds {listed:,} files.", f"Take some out: {_MOST_FILES:,} are read at most.")
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _BROKEN:
            raise self._unusable("is a zip file (as CHARX is) that is damaged or cut short.", _AGAIN) from None

    def card(self, most: int) -> bytes:
        """The card's JSON. Raises UnusableFile, also where it has more than `most` bytes."""
        try:
            info = self._zip.getinfo(_CARD)
        except KeyError:
            raise self._unusable(f"is a zip file without {_CARD}, so it is no CHARX.", _AGAIN) from None
        if info.flag_bits & 1:
            raise self._unusable("is encrypted.", "Export it without a password.")
        card = self._read(info, most)
        if card is None:
            raise self._unusable(f"holds a {_CARD} that is damaged, or has more than {most:,} bytes.", _AGAIN)
        return card

    def file(self, path: str, most: int) -> bytes | None:
        """What is under a path in it; None where nothing is, or nothing that can be read, or more than `most` bytes."""
        try:
            return self._read(self._zip.getinfo(path), most)
        except KeyError:
            return None

    def _read(self, info: zipfile.ZipInfo, most: int) -> bytes | None:
        if info.flag_bits & 1 or info.compress_type not in _PACKINGS or info.file_size > most:
            return None
        try:
            with self._zip.open(info) as file:
                # What the list says of its size may be wrong.
                found = file.read(most + 1)
        except _BROKEN:
            return None
        return found if len(found) <= most else None

    def _unusable(self, found: str, fix: str) -> UnusableFile:
        return UnusableFile([FileProblem(self._name, "", found, fix)])


def main_icon(card: Mapping[str, Any]) -> str | None:
    """Where the third version of cards has the character's picture: the address of the asset that is its main icon."""
    assets: Any = card.get("assets")
    icons = [
        cast(Mapping[str, Any], asset)
        for asset in (cast(Sequence[Any], assets)[:_MOST_FILES] if isinstance(assets, list) else ())
        if isinstance(asset, Mapping) and asset.get("type") == "icon" and isinstance(asset.get("uri"), str)
    ]
    main = next((icon for icon in icons if icon.get("name") == "main"), icons[0] if icons else None)
    return str(main["uri"]) if main else None


def icon_bytes(address: str, carried: CharxFile | None, most: int) -> bytes | None:
    """The picture at such an address, if the file itself carries it; nothing is fetched from anywhere."""
    if carried and (embedded := _EMBEDDED.match(address)):
        return carried.file(address[embedded.end() :], most)
    if (written := _DATA.match(address)) and len(address) <= most * 4 // 3 + 200:
        try:
            return base64.b64decode(address[written.end() :], validate=True)
        except (binascii.Error, ValueError):
            return None
    return None
