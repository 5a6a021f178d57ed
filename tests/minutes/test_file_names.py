"""What files of minutes are called, whatever a table is called."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.minutes.file_names import file_name, slug

DAY = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("cat-curfew", "cat-curfew"),
        ("Should a town have a curfew for cats?", "should-a-town-have-a-curfew-for-cats"),
        ("Who's there, and who isn’t?", "whos-there-and-who-isnt"),
        ("Sollte die Straße autofrei sein?", "sollte-die-straße-autofrei-sein"),
        ("猫は夜に外へ出てよいか?", "猫は夜に外へ出てよいか"),
        ("क्या बिल्लियाँ बाहर जाएँ?", "क्या-बिल्लियाँ-बाहर-जाएँ"),
        ("هل تخرج القطط ليلا؟", "هل-تخرج-القطط-ليلا"),
        ("../../etc/passwd\x00", "etc-passwd"),
        ('C:\\con:<aux>|"nul"?*', "c-con-aux-nul"),
        ("con", "con"),
        ("\u202egpj.exe\u202c", "gpj-exe"),
        ("???", "minutes"),
        ("", "minutes"),
        ("🙂👩‍👩‍👧", "minutes"),
        ("a" * 4000, "a" * 60),
        ("word " * 100, "-".join(["word"] * 12)),
        ("क" * 4000, "क" * 53),
        ("e" + "\u0301\u0302\u0303\u0304" * 90, "\u00e9\u0302\u0303\u0304"),
    ],
)
def test_a_title_becomes_its_words(title: str, name: str) -> None:
    assert slug(title) == name
    assert file_name(title, DAY, "md") == f"{name}-2026-11-26.md"


def test_the_day_is_that_of_the_end_in_utc() -> None:
    late = datetime(2026, 11, 27, 1, 0, tzinfo=timezone(timedelta(hours=5)))
    assert file_name("x", late, "html") == "x-2026-11-26.html"


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_no_title_makes_a_name_that_a_system_refuses(title: str) -> None:
    name = file_name(title, DAY, "jsonl")
    assert len(name.encode()) <= 255
    assert re.fullmatch(r"[^/\\:*?\"<>|.\s-][^/\\:*?\"<>|.\s\x00]*-2026-11-26\.jsonl", name)
    assert not RESERVED.fullmatch(name.partition(".")[0])
