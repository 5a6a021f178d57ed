"""Cards, pictures and briefs that are made to hang the bot, to fill its memory or to reach what is not theirs."""

import contextlib
import json
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from zipfile import ZIP_LZMA

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.discussion.prompts.third_person import told_of
from bot.library import brief_file
from bot.library.brief_file import brief_text
from bot.library.file_problem import UnusableFile
from bot.library.persona_import import PROMPT_LENGTH, imported
from bot.library.portrait_crop import portrait_of
from tests.support.character_cards import PROMPT, card, charx, chunk, drawn, drawn_with, picture, text_chunk
from tests.support.pdf_files import CATALOGUE, pdf_of, pdf_with_pages
from tests.support.written_files import AINO, put

# What is taken of memory beside the file itself, in bytes; and of time, in seconds of the processor, which are so many
# that a slow machine is none of a bomb.
MEMORY = 24_000_000
SECONDS = 5
BIG = 32_000_000


def as_json(fields: object) -> bytes:
    return json.dumps(fields).encode()


def patched(packed: bytes, *changes: tuple[bytes, int, bytes]) -> bytes:
    """A zip file with bytes changed: so far behind the last mark of a kind."""
    data = bytearray(packed)
    for mark, at, new in changes:
        start = data.rindex(mark) + at
        data[start : start + len(new)] = new
    return bytes(data)


def made(data: bytes | Callable[[], bytes]) -> bytes:
    """The large ones are made when they are wanted."""
    return data if isinstance(data, bytes) else data()


def said_of(data: bytes) -> str:
    """What people are told of such a file; it took little memory and time."""
    tracemalloc.start()
    began = time.process_time()
    try:
        said = " ".join(imported(data, "edda.bin").left_out) or "taken"
    except UnusableFile as error:
        said = str(error)
    took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEMORY
    assert took < SECONDS
    return said


@cache
def spaces() -> bytes:
    return zlib.compress(b" " * BIG, 9)


TWO_MARKS = ((b"PK\x03\x04", 6, b"\x01"), (b"PK\x01\x02", 8, b"\x01"))
LISTED_SIZE = (b"PK\x01\x02", 24)
NO_CARD = "is a picture without a character card that can be read."
DAMAGED = "holds a card.json that is damaged, or has more than 2,097,152 bytes."
ICON = [{"type": "icon", "name": "main", "uri": "embeded://face.png"}]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (bytes(50_000_000), "edda.bin: has 50,000,000 bytes. Keep it under 10,485,760;"),
        # JSON
        (b'{"name": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deeply"),
        (b"[" + b"{}," * 600_000 + b"{}]", "holds more than 50,000 lists and objects."),
        (b'{"creativity": ' + b"9" * 5_000 + b"}", "a huge number"),
        (as_json(dict.fromkeys(map(str, range(50_000)))), "has 50,000 fields. A persona has a few"),
        (as_json(AINO | {"name" * 20_000: 1}), "is a field's name of 80,000 characters. Leave it out."),
        (as_json(AINO | {"aliases": ["a" * 100] * 15_000}), "aliases: is a list of 15,000. Keep it under 100."),
        (as_json(AINO | {"aliases": [f"{at}{'a' * 100}" for at in range(90)]}), "And 84 more."),
        (as_json(AINO | {"avatar": "https://" + "a." * 900_000 + " x"}), "avatar: has 1,800,010 characters."),
        (as_json(AINO | {"prompt": "<user>" * 1_990}), "the prompt has 45,"),
        (as_json(card(2, name="N" * 80, description="{{char}}" * 1_400)), "the prompt has 11"),
        (as_json(card(2, name="a ," * 600_000)), "full_name: has 1,800,000 characters."),
        (as_json(card(2, first_mes="<:a:" * 300_000, mes_example="<START> " * 100_000)), "taken"),
        (as_json(card(2, extensions={f"k{at}" * 100: "x" for at in range(1_000)})), "and 995 more)."),
        # pictures
        (lambda: drawn_with((b"zTXt", b"chara\0\0" + spaces())), NO_CARD),
        (lambda: drawn_with((b"iTXt", b"chara\0\1\0\0\0" + spaces())), NO_CARD),
        (drawn_with((b"tEXt", b"chara\0" + b"A" * 9_000_000)), NO_CARD),
        (drawn_with(*[(b"tEXt", b"a\0b")] * 12_000), NO_CARD),
        # zip files
        (lambda: charx(("card.json", b" " * BIG)), DAMAGED),
        (lambda: patched(charx(("card.json", b" " * BIG)), (*LISTED_SIZE, b"\x64\0\0\0")), DAMAGED),
        (lambda: charx(("card.json", card(3, assets=ICON)), ("face.png", bytes(BIG))), "Its picture is left out"),
        (b"PK\x03\x04" + b"PK\x01\x02" * 3_000, "holds 3,000 files. Take some out: 2,000 are read at most."),
        (charx(("card.json", {}), packing=ZIP_LZMA), DAMAGED),
        (patched(charx(("card.json", card(3))), *TWO_MARKS), "is encrypted. Export it without a password."),
        (charx(("card.json", charx(("card.json", card(3))))), "is not UTF-8"),
        (charx(("../card.json", card(3)), ("/card.json", card(3))), "is a zip file without card.json"),
    ],
)  # fmt: skip
def test_a_card_that_is_a_bomb_is_refused_in_a_sentence(data: bytes | Callable[[], bytes], says: str) -> None:
    assert says in said_of(made(data))


def bomb(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that says to be so large."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(1_000_000), 9))
    return b"".join([b"\x89PNG\r\n\x1a\n", header, *chunks, data, chunk(b"IEND", b"")])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (bomb(60_000, 60_000), "face.png: has far too many pixels. Make it smaller: 512×512 are plenty."),
        (bomb(10_000, 10_000), "face.png: has 10,000×10,000 pixels. Make it smaller: 512×512 are plenty."),
        (bomb(1, 20_000_000), "face.png: has 1×20,000,000 pixels."),
        (bomb(0, 0), "face.png: is "),
        (
            lambda: bomb(4, 4, chunk(b"zTXt", b"a\0\0" + spaces())),
            "face.png: is a picture that is damaged or cut short.",
        ),
        (
            lambda: bomb(4, 4, chunk(b"iCCP", b"a\0\0" + spaces())),
            "face.png: is a picture that is damaged or cut short.",
        ),
        (bytes(9_000_000), "face.png: has 9,000,000 bytes. Use a picture of up to 8,388,608."),
        (drawn()[:200], "face.png: is a picture that is damaged or cut short."),
        (b"GIF89a", "face.png: is no picture that can be read here. Use a PNG, JPEG, WebP, GIF or AVIF."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "face.png: is no picture that can be read here."),
        (b"II*\0" + bytes(60), "face.png: is no picture that can be read here."),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "face.png: is no picture that can be read here."),
        (b"", "face.png: is no picture that can be read here."),
    ],
)
def test_a_picture_that_is_a_bomb_is_refused_before_it_is_decoded(data: bytes | Callable[[], bytes], says: str) -> None:
    data = made(data)
    tracemalloc.start()
    with pytest.raises(UnusableFile) as found:
        portrait_of(data, "face.png")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(found.value).startswith(says)
    assert peak < MEMORY


def test_a_bomb_for_a_face_leaves_the_persona_without_one() -> None:
    key, card_inside = text_chunk("chara", card(2))
    found = imported(bomb(60_000, 60_000, chunk(key, card_inside)), "edda.png")
    assert (found.persona.prompt, found.picture) == (PROMPT, None)
    assert found.left_out == (
        "Its picture is left out: it has far too many pixels. Make it smaller: 512×512 are plenty.",
    )


def test_no_name_in_a_zip_file_reaches_a_disk_and_no_address_is_fetched() -> None:
    for path in ("../../../etc/passwd", "/etc/passwd", "https://127.0.0.1/face.png", "file:///etc/passwd"):
        assets = [{"type": "icon", "name": "main", "uri": uri} for uri in (f"embeded://{path}", path)]
        for asset in assets:
            assert imported(charx(("card.json", card(3, assets=[asset]))), "edda.charx").picture is None


SOUND = (
    drawn_with(text_chunk("ccv3", card(3))),
    picture(text_chunk("chara", card(2))),
    charx(("card.json", card(3, assets=ICON)), ("face.png", drawn((8, 8)))),
    as_json(card(2)),
    drawn((8, 8), "JPEG") + charx(("card.json", card(3))),
    drawn((8, 8), "WEBP"),
    drawn((8, 8), "GIF"),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SOUND), st.data())
@example(b"", None)
def test_any_damage_makes_a_persona_or_a_sentence(sound: bytes, chosen: st.DataObject | None) -> None:
    data = bytearray(sound)
    if chosen:
        places = st.lists(st.tuples(st.integers(0, len(sound) - 1), st.integers(0, 255)), max_size=20)
        for at, value in chosen.draw(places):
            data[at] = value
        del data[chosen.draw(st.integers(0, len(sound))) :]
    for read in (lambda: imported(bytes(data), "edda.png"), lambda: portrait_of(bytes(data), "edda.png")):
        with contextlib.suppress(UnusableFile):
            read()


@pytest.mark.parametrize(
    "words", ["You ", "you're ", "You are ", "you. ", "You are Dr. ", "Edda ", "“", "You, as ", "a ", "**"]
)
def test_a_card_that_goes_on_and_on_is_told_as_fast_as_any(words: str) -> None:
    """It stands in each prompt of its table: quadratic, the longest card that is taken would hold all tables up."""
    prompt = (words * PROMPT_LENGTH)[:PROMPT_LENGTH]
    persona = imported(as_json({"name": "Edda", "full_name": "Edda Holm", "prompt": prompt}), "edda.json").persona
    began = time.process_time()
    told_of(persona)
    assert persona.reminder
    assert time.process_time() - began < SECONDS / 5


# --- PDFs ---


@pytest.mark.parametrize(
    "data",
    [
        lambda: pdf_with_pages(b" " * 80_000_000),
        lambda: pdf_of(CATALOGUE, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
    ],
    ids=["unpacks to 80 MB", "its pages go in a circle"],
)
def test_a_pdf_that_is_a_bomb_ends_only_the_process_that_reads_it(data: Callable[[], bytes]) -> None:
    with pytest.raises(UnusableFile, match=r"bomb\.pdf: is a PDF that is damaged, or takes too long to read\."):
        brief_text(data(), "bomb.pdf")


def test_one_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brief_file, "_PATIENCE", 0.5)
    with pytest.raises(UnusableFile, match="takes too long to read"):
        brief_text(pdf_with_pages(b"(x) Tj " * 2_000_000), "bomb.pdf")


def test_the_process_that_reads_it_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reader = put(tmp_path / "reader.py", "import json, os\nprint(json.dumps({'text': ' '.join(os.environ)}))")
    monkeypatch.setattr(brief_file, "_READER", reader)
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")
    text, _ = brief_text(b"%PDF-1.7", "brief.pdf")
    assert "PYTHONPATH" in text
    assert "DISCORD_TOKEN" not in text
