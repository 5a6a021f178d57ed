"""Character cards as other tools write them: their JSON, the pictures and the zip files that carry it."""

import base64
import json
import struct
import zlib
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from PIL import Image

DETAILS = {
    "name": "Edda",
    "description": "{{char}} keeps bees and distrusts {{user}}.",
    "personality": "patient, blunt",
    "scenario": "A garden at {{user}}'s house.",
    "first_mes": "Mind the hive.",
    "mes_example": "<START>\n{{user}}: Honey?\n{{char}}: Not yet.",
}
PROMPT = (
    "Edda keeps bees and distrusts the others at the table.\n\nPersonality: patient, blunt\n\n"
    "Situation: A garden at the others’ house.\n\n"
    "How Edda begins a conversation: “Mind the hive.”\n\n"
    "Examples of how Edda talks:\nSomebody: Honey?\nEdda: Not yet."
)


def card(version: int, **changes: Any) -> dict[str, Any]:
    details = DETAILS | changes
    if version == 1:
        return details
    return {"spec": f"chara_card_v{version}", "spec_version": f"{version}.0", "data": details}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(*chunks: tuple[bytes, bytes], size: int = 0) -> bytes:
    """A PNG with these chunks, of at least so many bytes."""

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + b"".join(chunk(*c) for c in chunks)
        + chunk(b"IDAT", bytes(size))
        + chunk(b"IEND", b"")
    )


def text_chunk(key: str, data: object) -> tuple[bytes, bytes]:
    return b"tEXt", key.encode() + b"\0" + base64.b64encode(json.dumps(data).encode())


def drawn(size: tuple[int, int] = (300, 200), kind: str = "PNG", **further: Any) -> bytes:
    """A picture that can be decoded: red above, blue in the lower half."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0], size[1] // 2))
    out = BytesIO()
    image.save(out, kind, **further)
    return out.getvalue()


def drawn_with(*chunks: tuple[bytes, bytes]) -> bytes:
    """The same with these chunks behind its header."""
    plain = drawn()
    return plain[:33] + b"".join(chunk(*each) for each in chunks) + plain[33:]


def charx(*files: tuple[str, object], packing: int = ZIP_DEFLATED) -> bytes:
    """A zip file with these: bytes as they are, anything else as JSON. Made at any time, it is the same."""
    out = BytesIO()
    with ZipFile(out, "w", packing) as packed:
        for name, content in files:
            data = content if isinstance(content, bytes) else json.dumps(content)
            packed.writestr(ZipInfo(name), data, compress_type=packing)
    return out.getvalue()
