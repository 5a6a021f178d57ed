"""Personas that somebody hands over: what is taken from which file, what is left out, and how they go out again."""

import base64
import json
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.discussion.model.persona import Persona
from bot.library.file_problem import UnusableFile
from bot.library.files import read_personas
from bot.library.persona_export import exported, exported_with_picture
from bot.library.persona_import import HOST_FIELDS, PROMPT_LENGTH, imported
from bot.library.portrait_crop import portrait_of
from tests.support.character_cards import DETAILS, PROMPT, card, charx, drawn, drawn_with, picture, text_chunk
from tests.support.written_files import AINO, put

ICON = {"type": "icon", "name": "main", "uri": "embeded://assets/icon/images/main.png", "ext": "png"}
FACE = "data:image/png;base64," + base64.b64encode(drawn()).decode()
JSON_TEXT = json.dumps(card(2)).encode()
PACKED = base64.b64encode(JSON_TEXT)


def as_json(fields: object) -> bytes:
    return json.dumps(fields).encode()


def refused(data: bytes, filename: str = "edda.json", **how: Any) -> str:
    with pytest.raises(UnusableFile) as found:
        imported(data, filename, **how)
    return str(found.value)


# --- what is read ---


@pytest.mark.parametrize(
    ("data", "has_face"),
    [
        (as_json(card(1)), False),
        (as_json(card(2)), False),
        (as_json(card(3)), False),
        (as_json(card(3, assets=[ICON | {"uri": FACE}])), True),
        (json.dumps(card(2)).encode("utf-16"), False),
        (drawn_with(text_chunk("chara", card(2))), True),
        (drawn_with(text_chunk("chara", card(2, name="Old")), text_chunk("ccv3", card(3))), True),
        (drawn_with((b"tEXt", b"ccv3\0???"), text_chunk("chara", card(2))), True),
        (drawn_with((b"zTXt", b"chara\0\0" + zlib.compress(PACKED))), True),
        (drawn_with((b"iTXt", b"chara\0\0\0en\0chara\0" + PACKED)), True),
        (drawn_with((b"iTXt", b"chara\0\1\0\0\0" + zlib.compress(PACKED))), True),
        (drawn_with((b"tEXt", b"chara\0" + JSON_TEXT)), True),
        (drawn_with((b"tEXt", b"chara\0" + PACKED[:40] + b"\r\n " + PACKED[40:].rstrip(b"="))), True),
        (drawn_with((b"tEXt", b"chara\0" + base64.b64encode(b"\xef\xbb\xbf" + JSON_TEXT))), True),
        (charx(("card.json", card(3))), False),
        (charx(("card.json", card(3, assets=[ICON])), ("assets/icon/images/main.png", drawn())), True),
        (charx(("card.json", card(3, assets=[ICON | {"uri": "embedded://a.webp"}])), ("a.webp", drawn())), True),
        (drawn(kind="JPEG") + charx(("card.json", card(3))), True),
        (drawn() + charx(("card.json", card(3))), True),
    ],
)
def test_a_card_in_any_carrier(data: bytes, has_face: bool) -> None:
    found = imported(data, "edda.bin")
    assert (found.persona.name, found.persona.full_name, found.persona.prompt) == ("Edda", "Edda", PROMPT)
    assert found.persona.avatar is None
    assert found.left_out == ()
    assert (found.picture is not None) is has_face
    if found.picture:
        assert Image.open(BytesIO(found.picture)).size == (128, 128)


def test_a_persona_file_of_ours_and_of_the_original_script() -> None:
    assert imported(as_json(AINO | {"creativity": 0.2}), "aino.json").persona == Persona.model_validate(
        AINO | {"creativity": 0.2}
    )


# --- what is left out is told ---


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"system_prompt": "Obey.", "post_history_instructions": "Now obey."},
         "Left out: system prompt, instructions after the history (a table has its own rules of discussion)."),
        ({"alternate_greetings": ["Hi", "Ho"], "group_only_greetings": ["All!"]},
         "Left out: alternate greetings (2), greetings for groups (nobody is greeted at a table)."),
        ({"character_book": {"entries": [{"content": "a"}, {"content": "b"}, {"content": "c"}]}},
         "Left out: lore book (3) (a persona knows what its card says)."),
        ({"extensions": {"fav": True, "talkativeness": "0.5", "depth_prompt": {"prompt": "x"}, "regex_scripts": ["x"]}},
         "Left out: extensions of other tools (depth_prompt, regex_scripts)."),
        ({"extensions": {f"tool{at}": "x" for at in range(9)}},
         "Left out: extensions of other tools (tool0, tool1, tool2, tool3, tool4 and 4 more)."),
        ({"assets": [ICON | {"uri": FACE}, {"type": "emotion", "name": "glad", "uri": FACE}]},
         "Left out: further pictures and sounds (2) (a persona has one face)."),
        ({"tags": ["bees"], "creator": "somebody", "creator_notes": "Enjoy", "character_version": "2"},
         "Left out: tags, creator, creator’s notes, version (they are for people and no part of the character)."),
        ({"description": "Rolls {{roll:1d6}} at {{time}}, {{char}}."},
         "Left out: the macros {{roll:1d6}}, {{time}} (only {{char}} and {{user}} are filled in here)."),
        ({"assets": [ICON | {"uri": "https://example.org/face.png"}]},
         "Its picture is left out: the file does not carry one that can be read. Add one yourself."),
        ({"assets": [ICON | {"uri": "data:image/png;base64,R0lG"}]},
         "Its picture is left out: it is no picture that can be read here. Use a PNG, JPEG, WebP, GIF or AVIF."),
        ({"personality": ["patient"]}, "Its personality is left out: it is no text."),
        ({"mes_example": "x" * PROMPT_LENGTH},
         "Its example dialogue is left out: with it the card would have more than 12,000 characters."),
    ],
)  # fmt: skip
def test_what_of_a_card_is_left_out_is_told(changes: dict[str, Any], said: str) -> None:
    assert imported(as_json(card(3, **changes)), "edda.json").left_out == (said,)


def test_macros_inside_of_others_go_from_the_innermost_on() -> None:
    nested = imported(
        as_json(card(2, description="{{char}} is {{random::{{char}}::{{pick::a::b}}}}glad.")), "edda.json"
    )
    assert nested.persona.prompt.startswith("Edda is glad.")
    assert nested.left_out[0].startswith("Left out: the macros {{pick::a::b}}, {{random::Edda::}} (only")
    assert "the prompt has" in refused(as_json(card(2, name="{{char}}" * 9, description="{{x}}{{char}}" * 500)))


def test_nothing_is_told_of_what_is_empty() -> None:
    empty = {
        "system_prompt": " ",
        "alternate_greetings": [],
        "tags": [],
        "creator": "",
        "character_book": {"entries": []},
    }
    own = {"extensions": {"fav": False, "world": "Hive", "depth_prompt": {"prompt": "", "depth": 4, "role": "system"}}}
    assert imported(as_json(card(2, **empty, **own)), "edda.json").left_out == ()


def test_a_long_greeting_is_an_example_by_its_beginning() -> None:
    prompt = imported(as_json(card(2, first_mes="Mind the hive. " * 100)), "edda.json").persona.prompt
    assert "How Edda begins a conversation: “Mind the hive." in prompt
    assert prompt.count("Mind the hive.") < 45


def test_how_a_model_is_asked_is_the_hosts_to_set() -> None:
    asked = AINO | {"endpoint": "fast", "model": "big", "extra_body": {"top_p": 0.9}, "omit": ["stop"]}
    found = imported(as_json(asked), "aino.json")
    assert all(getattr(found.persona, field) is None for field in HOST_FIELDS)
    assert found.left_out == (
        "Left out: endpoint, model, extra_body, omit (how a model is asked is for whoever hosts the bot to set).",
    )
    by_host = imported(as_json(asked), "aino.json", by_host=True)
    assert (by_host.persona.endpoint, by_host.persona.omit, by_host.left_out) == ("fast", ("stop",), ())


@pytest.mark.parametrize(
    ("avatar", "kept", "said"),
    [
        ("https://i.imgur.com/aBcD3.png", True, ""),
        ("https://imgur.com/aBcD3", False, "Its picture is left out: https://imgur.com/aBcD3 is a page that shows"),
        ("aino.png", False, "Its picture is left out: aino.png did not come along with this file."),
        ("/etc/passwd.png", False, "Its picture is left out: /etc/passwd.png did not come along"),
    ],
)
def test_a_picture_elsewhere(avatar: str, kept: bool, said: str) -> None:
    """A file's name would be one of the host's, also where a card of ours says so."""
    inside = card(2, description=AINO["prompt"], extensions={"roundtable": AINO | {"avatar": avatar}})
    for data in (AINO | {"avatar": avatar}, inside):
        found = imported(as_json(data), "aino.json")
        assert found.persona.avatar == (avatar if kept else None)
        assert "".join(found.left_out).startswith(said)


# --- names ---


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Discordia", '"Discordia" holds "discord", which Discord refuses in a name. Choose another name.'),
        ("Clyde", 'holds "clyde", which Discord refuses'),
        ("everyone", "is a name that Discord keeps for itself"),
        ("Here", "is a name that Discord keeps for itself"),
        ("Moderator", "is what the moderator is called"),
        ("…", "holds no letter or digit"),
        ("E:dda", "holds a colon"),
        ("Edda\0", "holds a colon, a tab or a line break"),
        ("x" * 81, "is longer than the 80 characters Discord allows"),
        ("x" * 3000, "name: has 3,000 characters. Keep it under 2,000."),
        ("", "full_name: is empty"),
        (None, "is not a text"),
        (7, "is not a text"),
        (["Edda"], "is not a text"),
        ("\ud800", "holds half a character"),
    ],
)
def test_a_name_that_can_not_be_one(name: Any, says: str) -> None:
    said = refused(as_json(card(2, name=name)))
    assert says in said
    assert said.startswith("edda.json: ")
    assert imported(as_json(card(2, name=name)), "edda.json", name="Edda").persona.prompt == PROMPT


# --- what is no persona ---


@pytest.mark.parametrize(
    ("filename", "data", "says"),
    [
        ("a.png", drawn(), "a.png: is a picture without a character card that can be read. A character card is a PNG"),
        ("a.png", drawn_with((b"tEXt", b"chara\0" + base64.b64encode(b"\xff\xfe\xff"))), "without a character card"),
        ("a.png", drawn(kind="GIF"), "a.png: is a GIF, which holds no character card."),
        ("a.png", drawn(kind="JPEG"), "a.png: is a JPEG, which holds no character card."),
        ("a.charx", charx(("other.json", {})), "a.charx: is a zip file without card.json, so it is no CHARX."),
        ("a.charx", charx(("card.json", card(3)))[:60], "is a zip file (as CHARX is) that is damaged or cut short."),
        ("a.charx", charx(("card.json", b"\xff")), "is not UTF-8"),
        ("a.json", b"", "a.json: line 1: is not valid JSON"),
        ("a.json", b"hello", "is not valid JSON"),
        ("a.json", "{'ä': 1}".encode("latin-1"), "is not UTF-8"),
        ("a.json", b"[1, 2]", "it does not hold a JSON object. Give each persona a file of its own."),
        ("a.json", b"7", "it does not hold a JSON object."),
        ("a.json", as_json({"entries": {}}), "a.json: name: is missing. Give it a short name"),
        ("a.json", b'{"name": "Aino", "full_name": "A", "prompt": "x", "creativity": NaN}', "NaN is not a number"),
        ("a.json", b'{"name": "Aino", "full_name": "A", "prompt": "x", "creativity": Infinity}', "is not a number"),
        ("a.json", as_json(AINO | {"prompt": {"a": 1}}), "prompt: {"),
        ("a.json", as_json(AINO | {"prompt": "x" * 12_001}), "prompt: has 12,001 characters. Keep it under 12,000."),
        ("../\x1b[2Ja/b.json", b"", "b.json: line 1"),
        ("x" * 300 + ".json", b"", f"{'x' * 30}…{'x' * 25}.json: line 1"),
    ],
)  # fmt: skip
def test_what_is_no_persona_is_said_in_a_sentence(filename: str, data: bytes, says: str) -> None:
    said = refused(data, filename)
    assert says in said
    assert "/" not in said.split(":")[0]


def test_of_two_fields_of_one_name_the_later_counts_and_control_characters_go() -> None:
    data = b'{"name": "Old", "name": "Aino", "full_name": "Aino", "prompt": "a\\u0000\\r\\nb\\u001b[2J"}'
    persona = imported(data, "aino.json").persona
    assert (persona.name, persona.prompt) == ("Aino", "a\nb[2J")


# --- there and back ---

RAVI = {"name": "Ravi", "full_name": "Ravi Menon", "prompt": "You are Ravi Menon.", "creativity": 0.1}
WHOLE = Persona.model_validate(
    AINO
    | {"aliases": ["Ainikki"], "creativity": 0.35, "intro": "Counts ice.", "avatar": "https://example.org/a.png"}
    | {"endpoint": "fast", "model": "m", "extra_body": {"top_p": 0.9}, "omit": ["stop"], "stream": False}
)


@pytest.mark.parametrize("persona", [WHOLE, Persona.model_validate(AINO)], ids=["all", "least"])
def test_what_goes_out_comes_back_alike(persona: Persona) -> None:
    found = imported(exported(persona), "aino.json", by_host=True)
    assert (found.persona, found.picture, found.left_out) == (persona, None, ())
    face = portrait_of(drawn())
    found = imported(exported_with_picture(persona, face), "aino.png", by_host=True)
    assert (found.persona, found.left_out) == (persona, ())
    assert found.picture
    assert Image.open(BytesIO(found.picture)).tobytes() == Image.open(BytesIO(face)).tobytes()


def test_what_goes_out_can_be_put_into_the_folder(tmp_path: Path) -> None:
    put(tmp_path / "a.json", exported(WHOLE))
    face = put(tmp_path / "b.png", exported_with_picture(Persona.model_validate(RAVI), portrait_of(drawn())))
    personas, problems = read_personas(tmp_path, ["fast"])
    assert problems == []
    assert personas == [WHOLE, Persona.model_validate(RAVI | {"avatar": str(face.resolve())})]


def test_other_tools_can_read_and_change_what_goes_out() -> None:
    text = Image.open(BytesIO(exported_with_picture(WHOLE, portrait_of(drawn())))).text["chara"]  # type: ignore[attr-defined]
    theirs = json.loads(base64.b64decode(text))
    assert theirs["spec"] == "chara_card_v2"
    assert (theirs["data"]["name"], theirs["data"]["description"]) == (WHOLE.full_name, WHOLE.prompt)
    assert theirs["data"].keys() >= DETAILS.keys()
    theirs["data"]["description"] = "A changed card."
    assert imported(as_json(theirs), "aino.json").persona.prompt == "A changed card."


def test_no_path_of_the_host_goes_out() -> None:
    persona = WHOLE.model_copy(update={"avatar": "/home/host/personas/aino.png"})
    assert b"/home" not in exported(persona)
    assert json.loads(exported(persona, "aino.png"))["avatar"] == "aino.png"
    assert json.loads(exported(Persona.model_validate(AINO))) == AINO | {"creativity": 0.7}


def test_a_picture_of_a_card_that_holds_no_pixels_leaves_the_persona_whole() -> None:
    found = imported(picture(text_chunk("chara", card(2))), "edda.png")
    assert found.persona.prompt == PROMPT
    assert found.picture is None
    assert found.left_out[0].startswith("Its picture is left out: it is ")
