"""Files to read personas and tasks from."""

import json
from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
AINO: dict[str, object] = {"name": "Aino", "full_name": "Aino Virtanen", "prompt": "You are Aino Virtanen."}


def put(path: Path, content: object) -> Path:
    """Write a file: bytes as they are, text as UTF-8, anything else as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
