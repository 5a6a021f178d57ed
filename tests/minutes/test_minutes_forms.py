"""The page and the JSON lines: what people said is shown, and is nothing but what it says."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.record import Turn, Usage
from bot.discussion.model.steerings import Compaction, FloorChosen, QuestionPut, SeatAdded
from bot.minutes.account import PlaceNames, VoteTally
from bot.minutes.as_html import as_html
from bot.minutes.as_jsonl import as_jsonl
from bot.minutes.message_html import message_html
from tests.support.hostile_words import HOSTILE, NAMES_WITH_MARKUP
from tests.support.recorded_minutes import minutes_of
from tests.support.recorded_table import RecordedTable, persona

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
MARIT = persona("Marit", "Dr. Marit Sole", intro="Counts ferries.")
PEDRO = persona("Pedro", "Pedro da Luz")
# Elements without an end.
VOID = {"meta", "br"}
OURS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "footer", "nav", "section", "article"),
    *("details", "summary", "div", "span", "bdi", "h1", "h2", "dl", "dt", "dd"),
}
SAID = {"p", "br", "strong", "em", "u", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
ATTRIBUTES = {
    *("class", "id", "dir", "lang", "style", "aria-hidden", "aria-label", "open"),
    *("charset", "name", "content", "http-equiv", "href", "rel", "start"),
}


class Page(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and what one reads. Nesting must be sound."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.read: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.read.append(data)

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data}")

    @property
    def text(self) -> str:
        return " ".join("".join(self.read).split())

    def with_class(self, name: str) -> list[str]:
        return [tag for tag, attributes in self.elements if name in (attributes.get("class") or "").split()]


def assert_sound(html: str) -> Page:
    """Only elements and attributes of ours, no address but of the web, and nothing that is loaded."""
    page = Page(html)
    for tag, attributes in page.elements:
        assert tag in OURS | SAID, tag
        assert attributes.keys() <= ATTRIBUTES, attributes
        if tag == "a" and not (href := attributes["href"] or "").startswith("#q"):
            assert href.startswith(("http://", "https://"))
            assert attributes["rel"] == "noopener noreferrer nofollow"
    return page


def table_with(said: str, *, name: str = "Wanda", question: str = "Is the ferry too old?") -> RecordedTable:
    table = RecordedTable((MARIT, PEDRO), context="A harbour with **one** ferry.")
    table.steer(QuestionPut(question=question))
    table.guest(said, name=name)
    table.say("Pedro", said)
    return table


@pytest.mark.parametrize("said", HOSTILE)
def test_whatever_is_said_is_only_shown(said: str) -> None:
    table = table_with(said, question=" ".join(said.split())[:300] or "?")
    table.record.append(Turn(table.record.last_seq + 1, "summary", "Marit", said))
    page = assert_sound(as_html(minutes_of(table), {}))
    # Each entry stands for itself: the summary, the guest's, the persona's.
    assert len(page.with_class("said")) == 3 + 1
    assert page.with_class("guest") == ["article"]
    assert len(page.with_class("badge")) == 1


@pytest.mark.parametrize("name", NAMES_WITH_MARKUP)
def test_whatever_anybody_is_called_is_only_a_name(name: str) -> None:
    table = RecordedTable((persona("P", name[:80]),))
    table.steer(QuestionPut(question="?"))
    table.guest("Hello.", name=name)
    table.say("P", "Hello.")
    names = PlaceNames(server=name, channel=name, convener=name)
    minutes = minutes_of(table, names=names, votes=(VoteTally(1, (("P", 1),)),))
    page = assert_sound(as_html(minutes, {}))
    assert page.with_class("name") == ["bdi"] * 3


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*"<>&\"'`*_~[]()!#|\\\n -+1.:", "> ", ">>> ", "```", "<script>", "</div>", "https://a.example", "]]>"]
        ),
        max_size=40,
    ).map("".join)
)
def test_no_text_makes_anything_but_a_message(said: str) -> None:
    page = Page(message_html(said))
    assert {tag for tag, _ in page.elements} <= SAID
    assert all(attributes.keys() <= {"dir", "href", "rel", "start"} for _, attributes in page.elements)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a **b** *c* __d__ ~~e~~ `f<g`", "<strong>b</strong> <em>c</em> <u>d</u> <s>e</s> <code>f&lt;g</code>"),
        ("one\ntwo", "one<br>\ntwo"),
        ("> quoted\nnot quoted", "<blockquote>\n<p dir=\"auto\">quoted</p>\n</blockquote>\n<p dir=\"auto\">not"),
        (">>> all\n\nof it", "<p dir=\"auto\">all</p>\n<p dir=\"auto\">of it</p>\n</blockquote>"),
        ("> > twice", "&gt; twice"),
        ("- a\n- b", "<li dir=\"auto\">a</li>\n<li dir=\"auto\">b</li>"),
        ("- - - a", "<li dir=\"auto\">- - a</li>"),
        ("Look ```py\nx = 1 < 2``` there", "<pre><code>x = 1 &lt; 2\n</code></pre>"),
        ("```\n- - x\n> y\n```", "<code>- - x\n&gt; y\n</code>"),
        ("# no heading\n---\n| no | table |", "# no heading<br>\n---<br>\n| no | table |"),
        ("&lt; &amp;", "&amp;lt; &amp;amp;"),
        ("[words](https://e.example)", '[words] (<a href="https://e.example"'),
        ("https://e.example/a_b?c=1&d=2.", 'href="https://e.example/a_b?c=1&amp;d=2" rel='),
        ("javascript:alert(1) <javascript:alert(1)>", "javascript:alert(1) &lt;javascript:alert(1)&gt;</p>"),
    ],
)  # fmt: skip
def test_a_message_looks_as_on_discord(said: str, shown: str) -> None:
    assert shown in message_html(said)


def test_the_page_looks_as_the_channel_did() -> None:
    table = table_with("My cat, see <@Ben> and <:bread:123456789012345678> at <t:0:D>.\n> a quote")
    table.steer(SeatAdded(persona=persona("Ines", "Captain Ines")))
    table.say("Ines", "Withheld.", withheld=True)
    table.say("Ines", "")
    table.say("Ines", "Rust.")
    seq = table.record.last_seq
    table.record.append(Turn(seq + 1, "moderator", "Moderator", "Otto skips Pedro this time."))
    table.record.append(Turn(seq + 2, "summary", "Marit", "It floats, so far."))
    table.record.append(Turn(seq + 3, "persona", "Pedro", "Still."))
    table.record.append(Turn(seq + 4, "summary", "Pedro", "It sinks."))
    html = as_html(
        minutes_of(table, votes=(VoteTally(1, (("Ines", 2), ("Pedro", 1))),)), {"Marit": PNG, "Ines": b"<svg/>"}
    )
    page = assert_sound(html)
    order = [
        "hall", "Summary", "Pedro da Luz", "It sinks.", "26 November 2026", "#parlour on Harbour Town",
        "Convener", "alex", "Guests", "Wanda", "3 turns", "The setting", "one", "Contents",
        "Is the ferry too old?", "1",
        "Is the ferry too old?",
        "Wanda", "Guest", "My cat, see @Ben and :bread: at 1 January 1970", "a quote", "Captain Ines", "Rust.",
        "Otto skips Pedro this time.", "Dr. Marit Sole", "Summary", "It floats, so far.", "Pedro da Luz", "Still.",
        "Who convinced you?", "Captain Ines", "2", "Pedro da Luz", "1",
    ]  # fmt: skip
    at = 0
    for words in order:
        assert words in page.text[at:], words
        at = page.text.index(words, at) + len(words)
    assert "Withheld" not in html
    # Marit's picture is in it once; what is no picture is not, so that Ines has her initial.
    assert html.count("data:image/png;base64,") == html.count("data:image") == 1
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in html


def test_a_table_that_went_on_after_its_summary_says_so() -> None:
    table = table_with("Hello.")
    table.record.append(Turn(table.record.last_seq + 1, "summary", "Marit", "It floats."))
    assert "The table closed with a summary." in minutes_of(table).ending
    table.say("Pedro", "Wait.")
    minutes = minutes_of(table)
    assert (minutes.summary_heading, minutes.ending) == (
        "Summary after turn 1",
        "The table was closed without a summary.",
    )
    assert minutes_of(table, is_open=True).ending == "The table is still open."
    assert minutes_of(table, reason="The channel is gone.").ending == "The channel is gone."


def test_json_lines_hold_what_was_shown_and_no_more() -> None:
    table = table_with("Hello.")
    table.steer(SeatAdded(persona=persona("Ines", "Captain Ines")))
    table.steer(FloorChosen(name="Pedro"), Compaction(upto=2, gist="A gist."))
    seq = table.record.last_seq + 1
    secret = {"raw": "<think>RAW</think>", "flags": ("FLAG",), "message_id": 998877, "author_id": 887766}
    table.record.append(
        Turn(seq, "persona", "Marit", "It floats.", usage=Usage("stop", 1), addressed="Pedro", **secret)
    )
    table.record.append(Turn(seq + 1, "persona", "Marit", "WITHHELD", withheld=True))
    text = as_jsonl(minutes_of(table, votes=(VoteTally(1, (("Pedro", 2),)),)))
    first, *turns = map(json.loads, text.splitlines())
    assert first["kind"] == "session"
    assert first["guests"] == ["Wanda"]
    assert first["votes"] == [{"question": 1, "votes": {"Pedro": 2}}]
    assert (first["convener"], first["server"], first["ended"]) == ("alex", "Harbour Town", "2026-11-27T00:15:00+00:00")
    assert first["cast"][0] == {"name": "Marit", "full_name": "Dr. Marit Sole", "intro": "Counts ferries."}
    assert [one["name"] for one in first["cast"]] == ["Marit", "Pedro", "Ines"]
    assert [(turn["seq"], turn["kind"], turn["speaker"], turn["text"]) for turn in turns] == [
        (1, "moderator", "Moderator", "Is the ferry too old?"),
        (2, "guest", "Wanda", "Hello."),
        (3, "persona", "Pedro", "Hello."),
        (7, "persona", "Marit", "It floats."),
    ]
    assert turns[-1]["addressed"] == "Pedro"
    assert [
        word for word in ("RAW", "FLAG", "998877", "887766", "WITHHELD", "gist", MARIT.prompt) if word in text
    ] == []
