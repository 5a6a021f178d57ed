"""Compares what the channels show with what the database says. Knows nothing of how either came about."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from tests.chaos.compare_polls import wrong_in_private, wrong_votes
from tests.chaos.findings import Findings
from tests.chaos.members_voting import Pressed, Told
from tests.chaos.stored_tables import StoredTable

# https://discord.com/developers/docs/reference#snowflakes
DISCORD_EPOCH: Final = 1_420_070_400_000
# Who writes as a guest, and whose webhooks write for one.
GUEST_NAME: Final = "Otso"
PLURALKIT: Final = 466378653216014359
# What tells that Discord takes no turns any more is no post: it may be a letter to the convener.
TOLD: Final = "⏸ The table is paused. "
# Stands above a minority report, and is no part of what its speaker says.
MINORITY_HEAD: Final = "-# Minority report\n"
# https://discord.com/developers/docs/components/reference#component-object-component-types
TEXT_DISPLAY: Final = 10
# So close to a table's beginning or end it can't be told from outside whether the table was open, in seconds.
DOUBTFUL: Final = 0.5


@dataclass(frozen=True)
class Shown:
    """A message as it stands in a channel. `author`: "webhook", "bot" or "member"."""

    id: int
    author: str
    name: str
    content: str
    files: int = 0


@dataclass(frozen=True)
class GuestSaid:
    """What a guest wrote: the message's id, its place, its text and the name above it. `by_command`: the id is that of
    the command."""

    id: int
    place_id: int
    text: str
    name: str = GUEST_NAME
    by_command: bool = False


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
) -> Findings:
    """What is wrong. `places`: the channels' messages, oldest first; `remembered`: texts of persona turns that were
    stored at some kill, by session and number of the turn; `promised`: commands whose words the bot has told to be
    taken in; `pressed`: members' votes, and what they were `told` of them, by the interaction's id."""
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
        _check_guests(table, [g for g in here if not g.by_command], found)
        _check_commands(table, [g for g in here if g.by_command], promised, found)
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
    if "minority_report" in (turn.get("flags") or ""):
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


def _check_commands(table: StoredTable, said: list[GuestSaid], promised: Collection[int], found: Findings) -> None:
    """What was said by command is a turn and shown, or neither; that it is shown `_check_turn` has seen to."""
    for guest in said:
        name = f"session {table.session['id']}: command {guest.id}"
        of_it = [turn for turn in table.turns if turn["message_id"] == guest.id]
        if not of_it and guest.id in promised:
            found.guests_lost.append(f"{name} is no turn, though its author was told so")
        if len(of_it) > 1 or sum(guest.text == turn["text"] for turn in table.turns) > 1:
            found.guests_doubled.append(f"{name} is several turns")
        for turn in of_it:
            if (turn["text"], turn["speaker"]) != (guest.text, guest.name):
                found.texts_differ.append(f"{name}: its turn says otherwise, or by another name")
            if not any(p["kind"] == "words" and p["turn_seq"] == turn["seq"] for p in table.posts):
                found.own_missing.append(f"{name} has no post")


def _check_whole(table: StoredTable, found: Findings) -> None:
    """A finished table: its end, one card, one set of minutes; turns counted without a gap."""
    number = table.session["id"]
    if table.session["status"] != "ended":
        found.not_finished.append(f"session {number} is {table.session['status']} ({table.session['reason']})")
        return
    kinds = Counter(p["kind"] for p in table.posts)
    lengths = [json.loads(t["steering"]) for t in table.turns if "turns_changed" in (t.get("steering") or "")]
    for kind, times in (("card", 1), ("minutes", 1 + sum(each["goes_on"] for each in lengths))):
        if kinds[kind] < times:
            found.own_missing.append(f"session {number} has {kinds[kind]} posts of kind {kind}")
        elif kinds[kind] > times:
            found.own_doubled.append(f"session {number} has {kinds[kind]} posts of kind {kind}")
    if [t["seq"] for t in table.turns] != list(range(1, len(table.turns) + 1)):
        found.turns_lost.append(f"session {number}: the turns' numbers have a gap")
    dials = json.loads(table.session["dials"])
    # A minority report is behind the clock.
    spoken = sum(t["kind"] == "persona" and "minority_report" not in (t.get("flags") or "") for t in table.turns)
    wanted = lengths[-1]["turns"] if lengths else dials["turns"]
    if spoken != wanted:
        found.turns_lost.append(f"session {number} ended after {spoken} of {wanted} turns")
    votes = [post["turn_seq"] for post in table.posts if post["kind"] == "vote"]
    if len(votes) != len(set(votes)) or bool(votes) != _has_votes(table, dials):
        found.own_doubled.append(f"session {number} has votes on the questions put in turns {votes}")


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


def _check_guests(table: StoredTable, guests: list[GuestSaid], found: Findings) -> None:
    turns = [turn for turn in table.turns if turn["kind"] == "guest"]
    opened, ended = _seconds(table.session["created_at"]), _seconds(table.session["ended_at"])
    for guest in guests:
        name = f"session {table.session['id']}: message {guest.id}"
        of_it = [turn for turn in turns if turn["message_id"] == guest.id]
        at = _written(guest.id)
        is_open = opened is not None and ended is not None and opened + DOUBTFUL < at < ended - DOUBTFUL
        if not of_it and is_open and not _was_closed(table, at):
            found.guests_lost.append(f"{name} {guest.text!r} is no turn")
        # Also by the message that an application has posted again, with its tags.
        with_words = [turn for turn in turns if guest.text in turn["text"]]
        if max(len(of_it), len(with_words)) > 1:
            found.guests_doubled.append(f"{name} is {max(len(of_it), len(with_words))} turns")
        if any((turn["text"], turn["speaker"]) != (guest.text, guest.name) for turn in of_it):
            found.texts_differ.append(f"{name}: its turn says otherwise, or by another name")


def _was_closed(table: StoredTable, at: float) -> bool:
    """Whether a table that went on after its end was closed then: what is written meanwhile is not for it."""
    listens_from = table.session["listen_from"]
    first = min((_seconds(post["created_at"]) or 0 for post in table.posts if post["kind"] == "minutes"), default=0)
    return listens_from is not None and first - DOUBTFUL < at < _written(listens_from) + DOUBTFUL


def _written(message_id: int) -> float:
    return ((message_id >> 22) + DISCORD_EPOCH) / 1000


def _seconds(stored: str | None) -> float | None:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp() if stored else None


def _name(turn: dict[str, Any]) -> str:
    return f"turn {turn['seq']} of session {turn['session_id']} ({turn['speaker']})"
