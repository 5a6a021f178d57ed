"""The two sides of a debate: chosen by the convener, else drawn by lot; whoever joins later goes to the smaller one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, seats, speakers
from bot.discussion.model.steerings import SidesDrawn
from bot.discussion.moderation.seeded_random import seeded_random
from bot.discussion.text.folding import fold, one_line
from bot.discussion.text.segmentation import clipped

SIDE_NAMES: Final = ("for", "against")
EXAMPLE: Final = "for: Aino, Ravi | against: Bo"
_TOLD: Final = 40

Sides = tuple[tuple[Persona, ...], tuple[Persona, ...]]


def sides_fault(options: Sequence[str], cast: Sequence[Persona]) -> str | None:
    """Why a debate can't be held by these with the sides that `options` choose (none: they are drawn), in sentences;
    None if it can."""
    if len(cast) < len(SIDE_NAMES):
        return "A debate has two sides, and here is one speaker. Choose two personas or more."
    for option in options:
        side, colon, _ = option.partition(":")
        if not colon or fold(side.strip()) not in SIDE_NAMES:
            return f"“{clipped(one_line(option), _TOLD)}” is no side of a debate. Write its options as {EXAMPLE}"
    named: dict[str, int] = {}
    for side, name in _named(options):
        persona = _called(name, cast)
        if persona is None:
            at_it = ", ".join(p.name for p in cast)
            return f"“{clipped(one_line(name), _TOLD)}” does not sit at this table. At it are {at_it}."
        if named.setdefault(persona.name, side) != side:
            return f"{persona.full_name} stands on both sides. Leave them on one."
    if len(named) == len(cast) and len(set(named.values())) == 1:
        return f"All of them speak {SIDE_NAMES[min(named.values())]} the motion. Leave somebody for the other side."
    return None


def sides(session: Session, record: Record) -> Sides:
    """Who speaks for and who against, muted ones too, of those at the table; nobody before they are drawn."""
    drawn = _newest(record)
    table = {p.name: p for p in seats(session, record)}
    lists = (drawn.supporters, drawn.opponents) if drawn else ((), ())
    supporters, opponents = (tuple(table[name] for name in names if name in table) for names in lists)
    return supporters, opponents


def teams(session: Session, record: Record) -> Sides:
    """The same of those who may speak."""
    can_speak = {p.name for p in speakers(session, record)}
    supporters, opponents = (tuple(p for p in side if p.name in can_speak) for side in sides(session, record))
    return supporters, opponents


def side_of(session: Session, record: Record, name: str) -> int | None:
    """On which side somebody speaks, by its number; None for nobody who sits at the table."""
    return next((at for at, side in enumerate(sides(session, record)) if name in [p.name for p in side]), None)


def to_draw(session: Session, record: Record) -> SidesDrawn | None:
    """The sides as they are to be from now on, if somebody at the table has none yet."""
    drawn = _newest(record)
    lists: list[list[str]] = [list(drawn.supporters), list(drawn.opponents)] if drawn else [[], []]
    new = [p for p in seats(session, record) if p.name not in lists[0] + lists[1]]
    if not new:
        return None
    chosen = _chosen(session.task.options, new) if drawn is None else dict[str, int]()
    for name, side in chosen.items():
        lists[side].append(name)
    dice = seeded_random(session.seed, "sides", record.last_seq if drawn else 0)
    others = [p.name for p in new if p.name not in chosen]
    dice.shuffle(others)
    table = {p.name for p in seats(session, record)}
    for name in others:
        sizes = [len(table.intersection(side)) for side in lists]
        smaller = [at for at, size in enumerate(sizes) if size == min(sizes)]
        lists[dice.choice(smaller)].append(name)
    return SidesDrawn(supporters=tuple(lists[0]), opponents=tuple(lists[1]))


def told_of(session: Session, record: Record, drawn: SidesDrawn) -> str:
    """What the table is told of sides that are drawn: all of them, or on which side somebody is who has joined."""
    before = _newest(record)
    full = {p.name: p.full_name for p in seats(session, record)}
    lists = [[name for name in names if name in full] for names in (drawn.supporters, drawn.opponents)]
    if before is None:
        told = (
            f"{side.capitalize()} the motion: {', '.join(names)}."
            for side, names in zip(SIDE_NAMES, lists, strict=True)
        )
        return " ".join(told)
    known = {*before.supporters, *before.opponents}
    new = ((name, side) for side, names in zip(SIDE_NAMES, lists, strict=True) for name in names if name not in known)
    return " ".join(f"{full[name]} speaks {side} the motion." for name, side in new)


def _newest(record: Record) -> SidesDrawn | None:
    return next((s for _, s in reversed(list(record.steerings())) if isinstance(s, SidesDrawn)), None)


def _chosen(options: Sequence[str], cast: Sequence[Persona]) -> Mapping[str, int]:
    """Who was put on which side, by name. What can't be used of that any more, since somebody has left, is left to the
    lot."""
    found: dict[str, int] = {}
    for side, name in _named(options):
        if persona := _called(name, cast):
            found.setdefault(persona.name, side)
    return found if len(found) < len(cast) or len(set(found.values())) > 1 else {}


def _named(options: Sequence[str]) -> Iterator[tuple[int, str]]:
    for option in options:
        side, _, names = option.partition(":")
        if fold(side.strip()) in SIDE_NAMES:
            yield from (
                (SIDE_NAMES.index(fold(side.strip())), name) for name in map(str.strip, names.split(",")) if name
            )


def _called(name: str, cast: Sequence[Persona]) -> Persona | None:
    return next((p for p in cast if fold(name) in (fold(p.name), fold(p.full_name))), None)
