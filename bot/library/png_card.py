"""The character card inside a PNG, as other tools put it there, and one put there by us.

https://github.com/kwaroran/character-card-spec-v3 has the keys, https://www.w3.org/TR/png/#5Chunk-layout the chunks.
"""

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

PNG_START: Final = b"\x89PNG\r\n\x1a\n"
# The keys of the text chunks that hold a card, the newer format first.
_KEYS: Final = (b"ccv3", b"chara")
_MOST_CHUNKS: Final = 10_000
# A chunk has its length and kind before its data, and a checksum behind; a key has at most so many bytes.
_HEAD: Final = 8
_CHECKSUM: Final = 4
_KEY_BYTES: Final = 79


def card_in_png(file: BinaryIO, most: int) -> str | None:
    """The JSON of the character card inside a PNG, None if it holds none (or one of more than `most` bytes).

    Reads the text chunks only, and unpacks no more than `most` of each. Raises OSError.
    """
    # In base64, with the lines it may be broken into.
    room = most * 4 // 3 + most // 32 + 100
    found: dict[bytes, bytes] = {}
    for kind, data in _text_chunks(file, room):
        key, _, rest = data.partition(b"\0")
        if key in _KEYS and key not in found and (text := _unpacked(kind, rest, room)) is not None:
            found[key] = text
    cards = (_json_of(found[key]) for key in _KEYS if key in found)
    return next((card for card in cards if card is not None and len(card) <= most), None)


def with_card(png: bytes, card: str) -> bytes:
    """The same picture with a card of the second version inside, which every tool of that world reads.

    `png`: one without a card. The chunk stands before the last one, as its end marks the picture's.
    """
    end = png.rindex(b"IEND") - 4
    data = b"chara\0" + base64.b64encode(card.encode())
    kind = b"tEXt"
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return png[:end] + chunk + png[end:]


def _text_chunks(file: BinaryIO, most: int) -> Iterator[tuple[bytes, bytes]]:
    if file.read(len(PNG_START)) != PNG_START:
        return
    for _ in range(_MOST_CHUNKS):
        head = file.read(_HEAD)
        length, kind = int.from_bytes(head[:4]), head[4:]
        if len(head) < _HEAD or kind == b"IEND":
            return
        if kind in (b"tEXt", b"zTXt", b"iTXt") and length <= most + _KEY_BYTES:
            data = file.read(length)
            if len(data) == length:
                yield kind, data
            file.seek(_CHECKSUM, 1)
        else:
            file.seek(length + _CHECKSUM, 1)


def _unpacked(kind: bytes, rest: bytes, most: int) -> bytes | None:
    """What stands behind the key of a text chunk, None where that is broken or more than `most`."""
    is_packed = kind == b"zTXt"
    if kind == b"iTXt":
        is_packed, rest = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    elif is_packed:
        rest = rest[1:]
    if not is_packed:
        return rest
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(rest, most)
    except zlib.error:
        return None
    return text if unpacking.eof else None


def _json_of(text: bytes) -> str | None:
    """The JSON in a text chunk: in base64, with or without its padding and lines; a few tools write it as it is."""
    packed = b"".join(text.split())
    try:
        if not packed.startswith(b"{"):
            text = base64.b64decode(packed.rstrip(b"=") + b"=" * (-len(packed.rstrip(b"=")) % 4), validate=True)
        return text.decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError):
        return None
