"""`.env.example` and docs/settings.md, of the settings' own words: `python -m tests.support.settings_page` writes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.settings.env_example import ListedSetting, env_example, sections

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / ".env.example"
PAGE: Final = ROOT / "docs" / "settings.md"
_HEAD: Final = """\
# Settings

<!-- Written by `make docs` from the settings' descriptions in `bot/settings/`. -->

All of them are optional but `DISCORD_TOKEN`, which `roundtable run` needs. They are read from the environment and from
the file `.env` in the working directory; the environment wins. A blank setting is the same as none. `roundtable check`
reads them, says what is wrong with which, and asks Discord and the endpoint whether they agree.

Each secret (`DISCORD_TOKEN`, `DATABASE_URL`, `…_API_KEY`, `…_EXTRA_HEADERS`, `…_EXTRA_QUERY`) may stand in a file of
its own instead, which is named by the same setting with `_FILE`: `DISCORD_TOKEN_FILE=/run/secrets/discord_token`. A
name that is nearly that of a setting (`LLM_BASEURL`) is warned of.

[`.env.example`](../.env.example) is this page as a file to fill in.
"""
# LLM_TIMEOUT, LLM_… and the like, where they do not stand in a code span yet.
_NAME: Final = re.compile(r"(?<![`\w])[A-Z]+_(?:[A-Z_]*[A-Z]|…)(?![`\w])")
_DOCUMENT: Final = re.compile(r"\bdocs/(\w+\.md)\b")


def settings_page() -> str:
    """docs/settings.md as a whole."""
    tables = ("\n".join([f"## {section.heading}", "", *_table(section.entries), ""]) for section in sections())
    return "\n".join([_HEAD, *tables])


def _table(entries: tuple[ListedSetting, ...]) -> Iterator[str]:
    yield "| setting | what it does | default |"
    yield "| --- | --- | --- |"
    for entry in entries:
        names = "<br>".join(f"`{name}`" for name in entry.names)
        text = _DOCUMENT.sub(r"[\g<0>](\1)", _NAME.sub(r"`\g<0>`", entry.description))
        example = f"<br>Example: `{entry.example}`" if entry.example else ""
        default = f"`{entry.default}`" if entry.default else ""
        yield f"| {names} | {text}{example} | {default} |"


def write() -> None:
    """Bring both up to date."""
    EXAMPLE.write_text(env_example(), encoding="utf-8")
    PAGE.write_text(settings_page(), encoding="utf-8")


if __name__ == "__main__":
    write()
