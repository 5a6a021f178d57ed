"""Files as other tools write them: cards, macros, fields, links to pictures, what is invisible."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from bot.library.catalogue import open_catalogue
from bot.library.file_problem import FileProblem
from bot.library.files import read_personas, read_task
from bot.library.macros import expanded
from bot.library.persona_file import read_persona
from bot.library.portrait import AVATAR_BYTES
from tests.support.character_cards import DETAILS, PROMPT, card, picture, text_chunk
from tests.support.written_files import AINO, PNG, put


def only(folder: Path) -> Any:
    (persona,), problems = read_personas(folder)
    assert problems == []
    return persona


# --- character cards ---


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_character_card_is_a_persona(tmp_path: Path, version: int) -> None:
    put(tmp_path / "edda.json", card(version))
    edda = only(tmp_path)
    assert (edda.name, edda.full_name, edda.prompt, edda.avatar) == ("Edda", "Edda", PROMPT, None)


def test_a_card_of_the_first_front_ends_is_a_persona(tmp_path: Path) -> None:
    theirs = ("char_name", "char_persona", "world_scenario", "char_greeting", "example_dialogue")
    ours = ("name", "description", "scenario", "first_mes", "mes_example")
    put(tmp_path / "edda.json", {their: DETAILS[our] for their, our in zip(theirs, ours, strict=True)})
    edda = only(tmp_path)
    assert (edda.name, edda.prompt) == ("Edda", PROMPT.replace("Personality: patient, blunt\n\n", ""))


def test_names_of_cards(tmp_path: Path) -> None:
    put(tmp_path / "a.json", card(3, name="Edda Holm", nickname="Ed"))
    put(tmp_path / "b.json", card(2, name="Odo, the Smith (v2)"))
    personas, problems = read_personas(tmp_path)
    assert problems == []
    assert [(p.name, p.full_name) for p in personas] == [("Ed", "Edda Holm"), ("Odo", "Odo, the Smith (v2)")]
    assert personas[0].prompt.startswith("Ed keeps bees")


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"name": ""}, "full_name", "is empty"),
        ({"name": None}, "name", "is not a text"),
        (dict.fromkeys(DETAILS.keys() - {"name"}, " "), "prompt", "is empty"),
        ({"description": "Rolls {{roll:1d6}}."}, "prompt", "holds the macro {{roll:1d6}}."),
    ],
)
def test_what_is_wrong_with_a_card_is_said(tmp_path: Path, changes: dict[str, Any], field: str, says: str) -> None:
    put(tmp_path / "edda.json", card(2, **changes))
    personas, problems = read_personas(tmp_path)
    assert personas == []
    assert any(problem.field == field and says in problem.value for problem in problems)


@pytest.mark.parametrize("keys", [("chara",), ("ccv3",), ("Comment", "chara"), ("chara", "ccv3")])
def test_a_card_inside_a_picture_is_a_persona_with_that_face(tmp_path: Path, keys: tuple[str, ...]) -> None:
    file = put(tmp_path / "edda.png", picture(*(text_chunk(key, card(3 if key == "ccv3" else 2)) for key in keys)))
    edda = only(tmp_path)
    assert (edda.name, edda.prompt, edda.avatar) == ("Edda", PROMPT, str(file.resolve()))


def test_a_picture_too_large_for_a_portrait_still_holds_its_card(tmp_path: Path) -> None:
    put(tmp_path / "edda.png", picture(text_chunk("chara", card(2)), size=AVATAR_BYTES))
    assert only(tmp_path).avatar is None


def test_a_portrait_that_holds_a_card_is_a_portrait(tmp_path: Path) -> None:
    held = picture(text_chunk("chara", card(2)))
    put(tmp_path / "face.png", held)
    put(tmp_path / "aino.png", held)
    put(tmp_path / "aino.json", AINO | {"avatar": "face.png"})
    assert only(tmp_path).name == "Aino"


@pytest.mark.parametrize(
    "content",
    [
        PNG,
        picture(),
        picture((b"tEXt", b"chara\0not base64!")),
        picture((b"tEXt", b"chara\0" + base64.b64encode(b"\xff\xfe"))),
        picture(text_chunk("chara", {"x": "y" * 400_000})),
        picture(text_chunk("chara", card(2)))[:60],
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXtchara\0",
    ],
)
def test_a_picture_without_a_card_is_a_picture(tmp_path: Path, content: bytes) -> None:
    put(tmp_path / "edda.png", content)
    put(tmp_path / "aino.json", AINO)
    assert only(tmp_path).name == "Aino"


def test_a_card_that_is_no_json_is_said_so(tmp_path: Path) -> None:
    put(tmp_path / "edda.png", picture((b"tEXt", b"chara\0" + base64.b64encode(b"{nothing"))))
    _, (problem,) = read_personas(tmp_path)
    assert "edda.png: line 1: is not valid JSON" in str(problem)


# --- macros ---


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{{char}} hums.", "Edda hums."),
        ("{{Char}}’s bees, {{ char }}'s hive", "Edda’s bees, Edda's hive"),
        ("<BOT> asks <USER>.", "Edda asks the others at the table."),
        ("{{user}}'s honey and <USER>’s", "The others’ honey and the others’"),
        ("{{user}} was lost, and {{char}} healed {{user}}'s arm. <USER> isn't rude; has {{user}} time?",
         "The others at the table were lost, and Edda healed the others’ arm. The others at the table aren't rude; "
         "have the others at the table time?"),
        ('“{{user}}, you came!” *She smiles at {{user}}.* "At last, {{user}}!"',
         '“You came!” *She smiles at the others at the table.* "At last!"'),
        ("{{user}}: Honey?\n{{char}}: No, <USER>.\n{{user}} : Why?", "Somebody: Honey?\nEdda: No.\nSomebody : Why?"),
        ("{{char}}は灯台の番人。{{user}}を信用しない。\n{{user}}: 誰？",
         "Eddaは灯台の番人。相手を信用しない。\n相手: 誰？"),
        ("{{char}}은 {{user}}를 믿지 않는다.", "Edda은 상대방를 믿지 않는다."),
        ("{{char}}不相信{{user}}。", "Edda不相信对方。"),
        ("Edda calls {{user}} senpai (先輩).", "Edda calls the others at the table senpai (先輩)."),
        ("{{original}}A{{trim}}{{// a note}}{{comment: a note}}{{hidden_key:bees}}", "A"),
        ("one{{newline}}two", "one\ntwo"),
        ("<bot> asks <User>’s bees.", "Edda asks the others’ bees."),
        ("{ {char} } {char} <b> $x {{}}", "{ {char} } {char} <b> $x {{}}"),
        ("<user>bees</user>, <char>\nx</char>", "<user>bees</user>, <char>\nx</char>"),  # tags, as vendors advise
    ],
)  # fmt: skip
def test_macros_mean_what_they_mean_here(text: str, meant: str) -> None:
    assert expanded("edda.json", "prompt", text, "Edda") == (meant, [])


@pytest.mark.parametrize(
    "macro",
    ["{{time}}", "{{date}}", "{{random: a,b}}", "{{random::a::b}}", "{{roll:d20}}", "{{getvar::mood}}", "{{persona}}"],
)
def test_an_unknown_macro_is_named_with_its_field_and_fix(macro: str) -> None:
    persona, (problem,) = read_persona("edda.json", AINO | {"prompt": f"You are Aino. {macro} {macro}"})
    assert persona is None
    assert str(problem).startswith(f"edda.json: prompt: holds the macro {macro}. Write in words")


@pytest.mark.parametrize(
    "text",
    ["<user>" * 40_000, "{{" + " " * 250_000, "{{a}}" * 50_000, "<user>" * 40_000 + "</user>", ", {{user}}" * 40_000],
)
def test_macros_without_end_take_no_time(text: str) -> None:
    """Each character is looked at a few times, whatever stands behind it: quadratic, this would take minutes."""
    expanded("edda.json", "prompt", text, "Edda")


def test_macros_in_a_task(tmp_path: Path) -> None:
    put(tmp_path / "questions.txt", "Does {{user}} like honey?")
    put(tmp_path / "discuss_instructions.txt", "Stay {{char}}.")
    task, problems = read_task(tmp_path)
    assert problems == []
    assert task
    assert (task.questions, task.discuss) == (("Do the others at the table like honey?",), "Stay your character.")
    put(tmp_path / "context.txt", "It is {{time}}.")
    _, (problem,) = read_task(tmp_path)
    assert "context.txt: holds the macro {{time}}." in str(problem)


# --- portraits elsewhere ---

ATTACHED = "is a link to a Discord attachment, which expires"
UNSIGNED = "is a link to a Discord attachment, which goes with the message"
PAGE = "is a page that shows a picture"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/bee.png?ex=66&is=65&hm=ab&", ATTACHED),
        ("https://cdn.discordapp.com/attachments/1/2/bee.png", UNSIGNED),
        ("https://media.discordapp.net/attachments/1/2/bee.webp?width=128", UNSIGNED),
        ("https://CDN.discordapp.com/ephemeral-attachments/1/2/bee.png", UNSIGNED),
        ("https://imgur.com/aBcD3", PAGE),
        ("https://imgur.com/a/aBcD3", PAGE),
        ("https://www.imgur.com/gallery/aBcD3", PAGE),
        ("https://drive.google.com/file/d/1x/view?usp=sharing", PAGE),
        ("https://drive.google.com/uc?id=1x", PAGE),
        ("https://photos.app.goo.gl/aBc", PAGE),
        ("https://github.com/o/r/blob/main/bee.png", PAGE),
        ("https://gitlab.com/o/r/-/blob/main/bee.png", PAGE),
        ("https://www.dropbox.com/s/1x/bee.png?dl=0", PAGE),
        ("https://1drv.ms/i/s!Ax", PAGE),
        ("https://postimg.cc/aBc", PAGE),
        ("https://ibb.co/aBc", PAGE),
        ("https://tenor.com/view/bee-gif-1", PAGE),
        ("https://giphy.com/gifs/bee-1", PAGE),
        ("https://www.flickr.com/photos/x/1", PAGE),
        ("https://www.pinterest.co.uk/pin/1", PAGE),
        ("https://www.deviantart.com/x/art/bee-1", PAGE),
        ("https://www.reddit.com/r/bees/comments/1/x/", PAGE),
        ("https://x.com/someone/status/1/photo/1", PAGE),
        ("https://twitter.com/someone/photo", PAGE),
        ("https://www.facebook.com/photo/?fbid=1", PAGE),
        ("https://youtu.be/aBc", PAGE),
        ("https://chub.ai/characters/x/edda", PAGE),
        ("https://en.wikipedia.org/wiki/File:Bee.png", PAGE),
        ("https://discord.com/channels/1/2/3", PAGE),
    ],
)
def test_an_address_that_is_no_picture_for_long(address: str, says: str) -> None:
    persona, (problem,) = read_persona("aino.json", AINO | {"avatar": address})
    assert persona is None
    assert problem.field == "avatar"
    assert problem.value.startswith(f'"{address}"')
    assert says in problem.value
    assert "beside the persona file" in problem.fix


@pytest.mark.parametrize(
    "address",
    [
        "https://cdn.discordapp.com/emojis/1.png",
        "https://cdn.discordapp.com/avatars/1/ab.png",
        "https://cdn.discordapp.com/embed/avatars/0.png",
        "https://i.imgur.com/aBcD3.png",
        "https://imgur.com/aBcD3.png",
        "https://raw.githubusercontent.com/o/r/main/bee.png",
        "https://github.com/o/r/blob/main/bee.png?raw=true",
        "https://github.com/someone.png",
        "https://gitlab.com/o/r/-/raw/main/bee.png",
        "https://www.dropbox.com/s/1x/bee.png?raw=1",
        "https://upload.wikimedia.org/wikipedia/commons/b/be/Bee.png",
        "https://i.ibb.co/1x/bee.png",
        "https://i.redd.it/bee.png",
        "https://pbs.twimg.com/media/bee.jpg",
        "https://avatars.charhub.io/avatars/x/edda/avatar.webp",
        "https://media.tenor.com/1x/bee.gif",
        "https://example.org/attachments/1/2/bee.png",
        "https://example.org/portrait?id=7",
        "https://[.x",
    ],
)
def test_an_address_that_may_be_one(address: str) -> None:
    persona, problems = read_persona("aino.json", AINO | {"avatar": address})
    assert problems == []
    assert persona
    assert persona.avatar == address


# --- what nobody sees, other encodings, other fields, other files ---


@pytest.mark.parametrize("field", ["name", "full_name", "prompt", "intro"])
def test_what_nobody_sees_is_not_read(tmp_path: Path, field: str) -> None:
    for hidden in ("\u200b", "\u202e", "\u00ad", "\U000e0041", "\ufeff", "\u115f"):
        fields = AINO | {field: f"Ai{hidden}no{hidden}"}
        for text in (json.dumps(fields), json.dumps(fields, ensure_ascii=False)):  # as escapes and as they are
            put(tmp_path / "aino.json", text)
            assert getattr(only(tmp_path), field) == "Aino"


def test_two_names_that_look_the_same_are_one(tmp_path: Path) -> None:
    put(tmp_path / "1.json", AINO)
    put(tmp_path / "2.json", AINO | {"name": "Ai\u200bno", "full_name": "Another"})
    _, (problem,) = read_personas(tmp_path)
    assert "is also the name in" in str(problem)


def test_a_task_without_what_nobody_sees(tmp_path: Path) -> None:
    put(tmp_path / "questions.txt", "Wh\u200by?\n\u2060\n\u202eWho?\u202c\nمی‌خواهم؟")
    put(tmp_path / "context.txt", "A\u00ad hall.\U000e0041 👩‍🔬")
    task, _ = read_task(tmp_path)
    assert task
    assert (task.questions, task.context) == (("Why?", "Who?", "می‌خواهم؟"), "A hall. 👩‍🔬")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Où?".encode("cp1252"), "is not UTF-8 (byte 0xf9 at position 1). Save the file as UTF-8."),
        (b"\xff\xfeW", "is not UTF-16 (byte 0x57 at position 2). Save the file as UTF-8."),
        ("Why?".encode("utf-16-le"), "holds a zero byte (at position 1), as UTF-16 without a mark does."),
    ],
)
def test_other_encodings_are_said_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    put(tmp_path / "questions.txt", content)
    task, (problem,) = read_task(tmp_path)
    assert task is None
    assert says in str(problem)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_an_encoding_that_says_its_name_is_read(tmp_path: Path, encoding: str) -> None:
    put(tmp_path / "questions.txt", "Où?".encode(encoding))
    task, problems = read_task(tmp_path)
    assert problems == []
    assert task
    assert task.questions == ("Où?",)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("temperature", "creativity"),
        ("Temperature", "creativity"),
        ("image", "avatar"),
        ("picture", "avatar"),
        ("tagline", "intro"),
        ("llm", "model"),
        ("base_url", "endpoint"),
    ],
)
def test_a_field_of_another_tool_is_told_ours(theirs: str, ours: str) -> None:
    _, (problem,) = read_persona("aino.json", AINO | {theirs: "x"})
    assert (problem.field, problem.fix) == (theirs, f'Did you mean "{ours}"?')


@pytest.mark.parametrize(
    "theirs", ["description", "system_prompt", "system-prompt", "instructions", "backstory", "bio"]
)
def test_a_prompt_under_another_tools_name(theirs: str) -> None:
    _, problems = read_persona("aino.json", {"name": "Aino", "full_name": "Aino", theirs: "You are Aino."})
    assert {(problem.field, problem.value) for problem in problems} == {
        (theirs, "is not a field of a persona."),
        ("prompt", "is missing."),
    }
    persona, problems = read_persona("aino.json", AINO | {theirs: "a note of the host's"})
    assert persona
    assert problems == []


def test_several_personas_in_one_file(tmp_path: Path) -> None:
    put(tmp_path / "all.json", [AINO, AINO])
    _, (problem,) = read_personas(tmp_path)
    assert problem.fix == "Give each persona a file of its own."


def test_files_that_are_not_read_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("edda.yaml", "ravi.charx", "odo.json.txt", "ui.jsonc", "README.md", "notes.txt"):
        put(tmp_path / "personas" / name, "x")
    put(tmp_path / "tasks" / "t" / "questions.txt", "Why?")
    _, (problem,) = read_personas(tmp_path / "personas")
    assert isinstance(problem, FileProblem)
    assert "edda.yaml is not read: a persona is a JSON file, such as edda.json." in problem.fix
    assert "ravi.charx is not read: `roundtable personas import` makes a persona of it." in problem.fix
    put(tmp_path / "personas" / "aino.json", AINO)
    open_catalogue(tmp_path / "personas", tmp_path / "tasks")
    told = [record.getMessage().split(": ", 1)[1].split(" ")[0] for record in caplog.records]
    assert told == ["edda.yaml", "odo.json.txt", "ravi.charx", "ui.jsonc"]


def test_files_in_natural_order_whatever_their_digits(tmp_path: Path) -> None:
    for file, name in (("b²", "Square"), ("b10", "Ten"), ("b2", "Two"), ("b٣", "Three")):
        put(tmp_path / f"{file}.json", AINO | {"name": name, "full_name": name})
    personas, problems = read_personas(tmp_path)
    assert problems == []
    assert [p.name for p in personas] == ["Two", "Three", "Ten", "Square"]
