"""Compares what the channels show with what the database says. Knows nothing of how either came about."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any, Final

from tests.chaos.compare_ballots import is_minority_report, wrong_abstentions, wrong_minority
from tests.chaos.compare_guests import (
    GuestSaid,
    QuestionPutBy,
    check_commands,
    check_guests,
    check_put,
    seconds,
    sent_at,
)
from tests.chaos.compare_listening import wrong_at_open_table, wrong_in_interview, wrong_summaries
from tests.chaos.compare_polls import wrong_in_private, wrong_votes
from tests.chaos.findings import Findings
from tests.chaos.members_voting import Pressed, Told
from tests.chaos.stored_tables import StoredTable, of_what

# Whose webhooks write for a guest.
PLURALKIT: Final = 466378653216014359
# What tells that Discord takes no turns any more is no post: it may be a letter to the convener.
TOLD: Final = "⏸ The table is paused. "
# Stands above a minority report, and is no part of what its speaker says.
MINORITY_HEAD: Final = "-# Minority report\n"
# A table that somebody stops so gives no summary.
STOPPED: Final = re.compile(r"(-# )?⏹ .+ ended the table\.")
# https://discord.com/developers/docs/components/reference#component-object-component-types
TEXT_DISPLAY: Final = 10


@dataclass(frozen=True)
class Shown:
    """A message as it stands in a channel. `author`: "webhook", "bot" or "member"."""

    id: int
    author: str
    name: str
    content: str
    files: int = 0


def shown(message: Mapping[str, Any]) -> Shown:
    """A message of the stand-in's control route."""
    author = "webhook" if message["webhook_id"] else "bot" if message["author"].get("bot") else "member"
    if message["application_id"] == PLURALKIT:
        author = "member"
    content = message["content"] or "\n".join(_texts(message["components"]))
    return Shown(message["id"], author, message["name"], content, len(message["attachments"]))


def _texts(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The texts of a card, in order."""
    for part in components:
        if part["type"] == TEXT_DISPLAY:
            yield part["content"]
        yield from _texts(part.get("components") or ())


def compare(
    tables: Iterable[StoredTable],
    places: Mapping[int, list[Shown]],
    guests: Iterable[GuestSaid] = (),
    remembered: Mapping[tuple[int, int], str] | None = None,
    promised: Collection[int] = (),
    pressed: Collection[Pressed] = (),
    told: Mapping[int, Told] | None = None,
    put: Collection[QuestionPutBy] = (),
) -> Findings:
    """What is wrong. `places`: the channels' messages, oldest first; `remembered`: texts of persona turns that were
    stored at some kill, by session and number of the turn; `promised`: commands whose words the bot has told to be
    taken in; `pressed`: members' votes, and what they were `told` of them, by the interaction's id; `put`: questions
    that were put by command."""
    tables, found = list(tables), Findings()
    by_place: defaultdict[int, list[StoredTable]] = defaultdict(list)
    for table in tables:
        by_place[table.session["place_id"]].append(table)
    for place_id, messages in places.items():
        _compare_place(by_place[place_id], {m.id: m for m in messages}, found)
    for table in tables:
        _check_whole(table, found)
        _check_remembered(table, remembered or {}, found)
        _check_votes(table, pressed, told or {}, found)
        here = [g for g in guests if g.place_id == table.session["place_id"]]
        check_guests(table, [g for g in here if not g.by_command], found)
        check_commands(table, [g for g in here if g.by_command], promised, found)
        check_put(table, [each for each in put if each.place_id == table.session["place_id"]], promised, found)
    return found


def _compare_place(tables: list[StoredTable], messages: dict[int, Shown], found: Findings) -> None:
    posts = [post for table in tables for post in table.posts]
    for table in tables:
        withheld = {t["seq"] for t in table.turns if t["withheld"]}
        for turn in table.turns:
            posts_of_it = [p for p in table.posts if p["turn_seq"] == turn["seq"]]
            is_shown = turn["kind"] in ("persona", "summary") or any(p["kind"] == "words" for p in posts_of_it)
            if is_shown and turn["text"] and not turn["withheld"]:
                _check_turn(turn, posts_of_it, messages, found)
        for post in table.posts:
            if post["kind"] not in ("turn", "words", "summary", "panel") and post["turn_seq"] not in withheld:
                _check_own(post, messages, found)
        _check_results(table, messages, found)
        _check_panels(table, messages, found)
        _check_seen(table, messages, found)
    _check_copies(posts, messages, found)
    ids = [p["message_id"] for p in sorted(posts, key=lambda p: p["id"]) if p["message_id"]]
    for before, after in pairwise(ids):
        if after < before:
            found.out_of_order.append(f"message {after} shows a later post than message {before}")


def _check_turn(turn: dict[str, Any], posts: list[dict[str, Any]], messages: dict[int, Shown], found: Findings) -> None:
    name = _name(turn)
    missing = [p for p in posts if p["message_id"] not in messages]
    if not posts or missing:
        what = ", ".join(f"post {p['id']} is {p['status']}" for p in missing) or "it has no posts"
        found.turns_lost.append(f"{name} is stored and not shown ({what})")
        return
    for post in posts:
        message = messages[post["message_id"]]
        if not _is_shown_by(post, message):
            found.texts_differ.append(f"{name}: message {message.id} is not post {post['id']}")
    said = [p["content"] if p["kind"] == "summary" else messages[p["message_id"]].content for p in posts]
    if said[0].startswith(MINORITY_HEAD) != is_minority_report(turn):
        found.minority_wrong.append(f"{name}: what stands above it says otherwise than its flags")
    said[0] = said[0].removeprefix(MINORITY_HEAD)
    if "".join("".join(text.split()) for text in said) != "".join(turn["text"].split()):
        found.texts_differ.append(f"{name}: what is shown is not what is stored")


def _is_shown_by(post: dict[str, Any], message: Shown) -> bool:
    """Whether a message shows a turn. A summary stands on a card of the bot's, below its speaker's name."""
    if post["kind"] == "summary":
        said = f"## Summary, by {post['username']}\n{post['content'].strip()}"
        return message.author == "bot" and message.content.startswith(said)
    said = ("webhook", post["username"], post["content"].strip())
    return (message.author, message.name, message.content) == said


def _check_own(post: dict[str, Any], messages: dict[int, Shown], found: Findings) -> None:
    """A card, panel, notice or the minutes."""
    what = f"{post['kind']} (post {post['id']} of session {post['session_id']})"
    message = messages.get(post["message_id"])
    if message is None or message.author != "bot":
        found.own_missing.append(f"{what} is {post['status']} and not shown")
    elif post["kind"] in ("notice", "minutes") and message.content != post["content"].strip():
        found.texts_differ.append(f"{what}: message {message.id} says something else")
    elif post["kind"] == "minutes" and not message.files:
        found.own_missing.append(f"{what} came without its file")


def _check_results(table: StoredTable, messages: dict[int, Shown], found: Findings) -> None:
    """Who answers rubbish abstains, and the card of the result says so."""
    results = {p["turn_seq"]: p["message_id"] for p in table.posts if p["kind"] == "result"}
    cards = {seq: messages[message].content for seq, message in results.items() if message in messages}
    number = table.session["id"]
    found.abstentions_wrong += [f"session {number}: {each}" for each in wrong_abstentions(table.turns, cards)]


def _check_panels(table: StoredTable, messages: dict[int, Shown], found: Findings) -> None:
    """The panel follows the table: of all that were shown exactly one is left."""
    left = sum(post["kind"] == "panel" and post["message_id"] in messages for post in table.posts)
    if table.session["status"] == "ended" and left != 1:
        wrong = found.own_doubled if left else found.own_missing
        wrong.append(f"session {table.session['id']} shows {left} panels")


def _check_seen(table: StoredTable, messages: dict[int, Shown], found: Findings) -> None:
    """A table that shows nothing must not have turns written: one may be given up, the next one waits to be shown."""
    unseen: set[int] = set()
    for post in sorted(table.posts, key=lambda p: p["id"]):
        if post["message_id"] in messages:
            unseen.clear()
        elif post["kind"] == "turn":
            unseen.add(post["turn_seq"])
        if len(unseen) > 1:
            found.talked_unseen.append(f"session {table.session['id']}: turns {sorted(unseen)}, and nothing was shown")
            unseen.clear()


def _check_copies(posts: list[dict[str, Any]], messages: dict[int, Shown], found: Findings) -> None:
    bound = {p["message_id"] for p in posts}
    seen: set[tuple[str, str]] = set()
    for message in messages.values():
        if message.author == "webhook":
            # No two texts of the endpoint are alike, so this holds whatever the database says.
            again = (message.name, message.content) in seen
            seen.add((message.name, message.content))
            if again or message.id not in bound:
                why = "stands there twice" if again else "shows no post"
                found.turns_doubled.append(f"message {message.id} {why}: {message.name}: {message.content[:60]!r}")
        elif message.author == "bot" and message.id not in bound and not message.content.startswith(TOLD):
            found.own_doubled.append(f"message {message.id} shows no post: {message.content[:60]!r}")


def _check_whole(table: StoredTable, found: Findings) -> None:
    """A finished table: its end, one card, one set of minutes; turns counted without a gap."""
    number = table.session["id"]
    if table.session["status"] != "ended":
        found.not_finished.append(f"session {number} is {table.session['status']} ({table.session['reason']})")
        return
    kinds = Counter(p["kind"] for p in table.posts)
    lengths = [told for _, told in of_what(table.turns, "turns_changed")]
    for kind, times in (("card", 1), ("minutes", 1 + sum(each["goes_on"] for each in lengths))):
        if kinds[kind] < times:
            found.own_missing.append(f"session {number} has {kinds[kind]} posts of kind {kind}")
        elif kinds[kind] > times:
            found.own_doubled.append(f"session {number} has {kinds[kind]} posts of kind {kind}")
    if [t["seq"] for t in table.turns] != list(range(1, len(table.turns) + 1)):
        found.turns_lost.append(f"session {number}: the turns' numbers have a gap")
    dials = json.loads(table.session["dials"])
    _check_course(table, dials, lengths, found)
    votes = [post["turn_seq"] for post in table.posts if post["kind"] == "vote"]
    if len(votes) != len(set(votes)) or bool(votes) != _has_votes(table, dials):
        found.own_doubled.append(f"session {number} has votes on the questions put in turns {votes}")


def _check_course(
    table: StoredTable, dials: Mapping[str, Any], lengths: Sequence[Mapping[str, Any]], found: Findings
) -> None:
    """How long it was, whom it answered, and how it ended, as its format has it."""
    number, turns, format = table.session["id"], table.turns, dials.get("format", "roundtable")
    is_stopped = any(post["kind"] == "notice" and STOPPED.fullmatch(post["content"] or "") for post in table.posts)
    if format == "interview":
        wrong = wrong_in_interview(turns, dials, is_stopped=is_stopped, late=_shown_late(table))
    elif format == "open":
        wrong = wrong_at_open_table(turns, dials, table.session["ended_at"])
    else:
        # A minority report is behind the clock.
        spoken = sum(turn["kind"] == "persona" and not is_minority_report(turn) for turn in turns)
        wanted = lengths[-1]["turns"] if lengths else dials["turns"]
        wrong = []
        if spoken != wanted:
            found.turns_lost.append(f"session {number} ended after {spoken} of {wanted} turns")
    found.answers_wrong += [f"session {number}: {each}" for each in wrong]
    ends = 1 + sum(each["goes_on"] for each in lengths)
    summaries = wrong_summaries(turns, ends=ends, is_stopped=is_stopped)
    found.summaries_wrong += [f"session {number}: {each}" for each in summaries]
    found.minority_wrong += [f"session {number}: {each}" for each in wrong_minority(turns)]


def _shown_late(table: StoredTable) -> set[int]:
    """The numbers of persona turns that were shown only after the next one was stored: Discord had refused both."""
    spoken = [turn for turn in table.turns if turn["kind"] == "persona"]
    written = {turn["seq"]: seconds(after["created_at"]) or 0 for turn, after in pairwise(spoken)}
    posts = [post for post in table.posts if post["kind"] == "turn" and post["message_id"]]
    return {post["turn_seq"] for post in posts if sent_at(post["message_id"]) > written.get(post["turn_seq"], inf)}


def _has_votes(table: StoredTable, dials: Mapping[str, Any]) -> bool:
    return bool(dials.get("vote")) or any("poll_opened" in (turn.get("steering") or "") for turn in table.turns)


def _check_votes(table: StoredTable, pressed: Collection[Pressed], told: Mapping[int, Told], found: Findings) -> None:
    """What was written in private, once each; and the votes, which count as members were told."""
    if table.session["status"] == "ended":
        number, names = table.session["id"], [each["name"] for each in json.loads(table.session.get("cast") or "[]")]
        wrong = [*wrong_in_private(table.turns, names), *wrong_votes(number, table.turns, pressed, told)]
        found.votes_wrong += [f"session {number}: {each}" for each in wrong]


def _check_remembered(table: StoredTable, remembered: Mapping[tuple[int, int], str], found: Findings) -> None:
    now = {t["seq"]: t["text"] for t in table.turns}
    for (session, seq), text in remembered.items():
        if session != table.session["id"] or now.get(seq) == text:
            continue
        if seq not in now:
            found.turns_lost.append(f"turn {seq} of session {session} was stored at a kill and is gone")
        else:
            found.texts_differ.append(f"turn {seq} of session {session} had another text before a kill")


def _name(turn: dict[str, Any]) -> str:
    return f"turn {turn['seq']} of session {turn['session_id']} ({turn['speaker']})"
