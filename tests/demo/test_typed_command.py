"""What is typed as a slash command: how it is read, why it is refused, and what is offered at the cursor."""
# ruff: noqa: E501 (a table is read by its lines)

from typing import Any

import pytest

from bot.chat.cards.format_options import format_choices
from bot.demo.typed_command import quoted, read
from bot.demo.typed_offers import offers
from bot.discussion.moderation.formats.format import Format
from bot.discussion.moderation.formats.table import FORMATS


def option(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    """An option as simcord's catalogue of commands has it."""
    bare = {"required": False, "choices": [], "autocomplete": False}
    return {"name": name, "description": f"The {name}", "type": kind, **bare, **more}


START = {
    "path": ["roundtable", "start"],
    "description": "Open a table",
    "options": [
        option("question", maxLength=40),
        option("personas", autocomplete=True),
        option("turns", "integer", minValue=1, maxValue=200),
        option("floor", choices=[{"name": "Take turns", "value": "rotate"}, {"name": "By chance", "value": "random"}]),
        option("brief", "attachment"),
    ],
}
ENTRIES = [
    {"path": ["roundtable", "pause"], "description": "Pause", "options": []},
    {"path": ["roundtable", "say"], "description": "Say", "options": [option("text", required=True)]},
    START,
    {"path": ["roundtable", "stop"], "description": "Stop", "options": [option("summary", "boolean")]},
    {
        "path": ["roundtable", "settings"],
        "description": "Set",
        "options": [option("openers", "role"), option("creativity", "number", minValue=0, maxValue=2), option("who", "user")],
    },
]  # fmt: skip
NAMES = {"role": {"Hosts": "11", "Table guests": "12"}, "user": {"alex": "21", "robin": "22"}}


def reading(text: str, files: list[str] | None = None) -> Any:
    offered = {"personas": {"Aino Virtanen": "aino"}}
    return read(text, ENTRIES, names=NAMES, offered=offered, files=files or [])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("/roundtable start", {}),
        ("/ROUNDTABLE  start ", {}),
        ("/roundtable start question:Should cats have a curfew? turns:4", {"question": "Should cats have a curfew?", "turns": 4}),
        ("/roundtable start turns: 4 question: Cats?", {"turns": 4, "question": "Cats?"}),
        ("/roundtable start question:Consider this: cats", {"question": "Consider this: cats"}),
        ("/roundtable start question:See https://example.org at 10:30", {"question": "See https://example.org at 10:30"}),
        ('/roundtable start question:"turns:9 or note:ten?" turns:4', {"question": "turns:9 or note:ten?", "turns": 4}),
        ('/roundtable start question:"Cats" or "dogs"?', {"question": '"Cats" or "dogs"?'}),
        ("/roundtable start question:🐈 or 🐕? turns:4", {"question": "🐈 or 🐕?", "turns": 4}),
        ("/roundtable start floor:take turns turns:4", {"floor": "rotate", "turns": 4}),
        ("/roundtable start floor:random", {"floor": "random"}),
        ("/roundtable start personas:Aino, Kaede", {"personas": "Aino, Kaede"}),
        ("/roundtable start personas:Aino Virtanen", {"personas": "aino"}),
        ("/roundtable say text:Hello: all", {"text": "Hello: all"}),
        ("/roundtable say Hello all", {"text": "Hello all"}),
        ("/roundtable stop summary:yes", {"summary": True}),
        ("/roundtable stop summary:False", {"summary": False}),
        ("/roundtable settings openers:@table guests creativity:0.5 who:robin", {"openers": "12", "creativity": 0.5, "who": "22"}),
        ("/roundtable settings openers:<@&11>", {"openers": "11"}),
    ],
)  # fmt: skip
def test_what_is_typed_is_read(text: str, values: dict[str, Any]) -> None:
    found = reading(text)
    assert (found.trouble, found.values) == ("", values)
    assert "".join(piece for _, piece in found.pieces()) == text, "the page draws the whole text"


@pytest.mark.parametrize(
    ("text", "trouble", "wrong"),
    [
        ("/", "A slash begins a command. Choose one from the list, or begin the message with another sign.", "/"),
        ("/roundtable", "“/roundtable” goes on with pause, say, start, stop or settings.", "/roundtable"),
        ("/roundtable strt turns:4", "There is no command “/roundtable strt” here. Did you mean /roundtable start?", "/roundtable strt turns:4"),
        ("/shrug", "There is no command “/shrug” here. Type / to see what there is.", "/shrug"),
        ("/roundtable start cats", "“cats” belongs to no option of /roundtable start. Write its name first, such as question:", "cats"),
        ("/roundtable start trns:4", '/roundtable start has no option trns. Did you mean turns? In a text, put the whole in quotes: question:"…"', "trns:4"),
        ("/roundtable start question:Cats? colour:red", '/roundtable start has no option colour. It has question, personas, turns, floor or brief. In a text, put the whole in quotes: question:"…"', "colour:red"),
        ("/roundtable pause now", "/roundtable pause takes no options; “now” belongs to none.", "now"),
        ("/roundtable say", "/roundtable say needs text: the text. Write text: and then the value.", ""),
        ("/roundtable start turns:500", "turns is 1 to 200; 500 is outside.", "500"),
        ("/roundtable start turns:four", "turns is a whole number; “four” is none.", "four"),
        ("/roundtable start turns:4 turns:5", "turns stands there twice.", "5"),
        ("/roundtable start turns:", "turns is empty: write something after the colon, or take it out.", ""),
        ("/roundtable start question:" + "x" * 41, "question takes at most 40 characters; these are 41.", "x" * 41),
        ("/roundtable start floor:upside down", "floor is one of Take turns or By chance; “upside down” is none of them.", "upside down"),
        ("/roundtable stop summary:maybe", "summary is True or False; “maybe” is neither.", "maybe"),
        ("/roundtable settings openers:Nobody", "openers is a role; “Nobody” is none here. There is Hosts or Table guests.", "Nobody"),
        ("/roundtable settings creativity:hot", "creativity is a number; “hot” is none.", "hot"),
        ("/roundtable start brief:", "brief needs a file. Choose one with the button.", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_says_why(text: str, trouble: str, wrong: str) -> None:
    found = reading(text)
    assert found.trouble == trouble
    assert "".join(piece for kind, piece in found.pieces() if kind == "wrong") == wrong
    assert "".join(piece for _, piece in found.pieces()) == text


def test_a_file_is_named_by_its_option() -> None:
    assert reading("/roundtable start brief:notes.txt", ["brief"]).values == {"brief": "brief"}


@pytest.mark.parametrize(
    ("text", "labels", "chosen", "picked"),
    [
        # The text after Enter (or, with nothing chosen, after Tab).
        ("/", ["/roundtable start", "/roundtable pause", "/roundtable say", "/roundtable stop", "/roundtable settings"], 0, "/roundtable start "),
        ("/st", ["/roundtable start", "/roundtable stop"], 0, "/roundtable start "),
        ("/roundtable sa", ["/roundtable say"], 0, "/roundtable say text:"),
        ("/roundtable start", ["/roundtable start"], -1, "/roundtable start "),
        ("/nothing", [], -1, None),
        ("/roundtable start ", ["question:", "personas:", "turns:", "floor:", "brief:"], -1, "/roundtable start question:"),
        ("/roundtable start tu", ["turns:"], 0, "/roundtable start turns:"),
        ("/roundtable start question:Cats and tu", [], -1, "/roundtable start question:Cats and tu personas:"),
        ("/roundtable start turns:4 fl", ["floor:"], 0, "/roundtable start turns:4 floor:"),
        ("/roundtable start floor:", ["Take turns", "By chance"], 0, "/roundtable start floor:Take turns "),
        ("/roundtable start floor:ch", ["By chance"], 0, "/roundtable start floor:By chance "),
        ("/roundtable start floor:By chance", ["By chance"], -1, "/roundtable start floor:By chance "),
        ("/roundtable start floor:By chance ", ["question:", "personas:", "turns:", "brief:"], -1, "/roundtable start floor:By chance question:"),
        ("/roundtable start personas:", ["Aino", "Kaede"], 0, "/roundtable start personas:Aino "),
        ("/roundtable start personas:kaede", ["Aino", "Kaede"], -1, "/roundtable start personas:Aino "),
        ("/roundtable stop summary:", ["True", "False"], 0, "/roundtable stop summary:True "),
        ("/roundtable settings openers:", ["Hosts", "Table guests"], 0, "/roundtable settings openers:Hosts "),
        ("/roundtable start brief:", ["Choose a file …"], 0, "/roundtable start brief:"),
    ],
)  # fmt: skip
def test_what_is_offered_at_the_end(text: str, labels: list[str], chosen: int, picked: str | None) -> None:
    suggested = [{"name": "Aino", "value": "aino"}, {"name": "Kaede", "value": "kaede"}]
    shown = offers(reading(text), len(text), ENTRIES, names=NAMES, suggested=suggested)
    assert ([line.label for line in shown.lines], shown.chosen) == (labels, chosen)
    first = shown.lines[0] if shown.lines else shown.onward
    assert (first and first.before) == picked


def test_a_choice_in_the_middle_leaves_what_stands_behind_it() -> None:
    text = "/roundtable start floor: turns:4"
    shown = offers(reading(text), len("/roundtable start floor:"), ENTRIES, names=NAMES)
    assert (shown.lines[1].before, shown.lines[1].after) == ("/roundtable start floor:By chance ", "turns:4")


def test_a_suggestion_that_looks_like_an_option_is_quoted() -> None:
    text = "/roundtable start personas:"
    shown = offers(reading(text), len(text), ENTRIES, names=NAMES, suggested=[{"name": "turns:9", "value": "x"}])
    assert shown.lines[0].before == '/roundtable start personas:"turns:9" '
    assert reading(shown.lines[0].before).values == {"personas": "turns:9"}


@pytest.mark.parametrize("format", FORMATS.values(), ids=[*FORMATS])
def test_each_format_can_be_typed_and_chosen(format: Format) -> None:
    choices = [{"name": choice.name, "value": choice.value} for choice in format_choices()]
    entry = {**START, "options": [option("format", choices=choices), option("options")]}
    for typed in (format.name, quoted(f"{format.title}: {format.about}")):
        given = read(
            f"/roundtable start format:{typed} options:one: two|three", [entry], names={}, offered={}, files=[]
        )
        assert (given.values, given.trouble) == ({"format": format.name, "options": "one: two|three"}, "")
