"""The panel that everyone sees, and the private card by which a table is steered."""

from collections.abc import Sequence
from typing import Final

from bot.chat.cards import components as c
from bot.chat.cards.opening_card import Emoji, persona_options
from bot.chat.text.sentences import small
from bot.discussion.model.persona import Persona
from bot.discussion.moderation.formats.format import Wish
from bot.discussion.text.segmentation import clipped
from bot.sessions.delivery.stage import StatusReport
from bot.store.models import Status

SAY: Final = "table.say"
WHOM: Final = "table.whom"
CHOSEN: Final = "table.chosen"
STEER: Final = "table.steer"
# What the buttons of the private card do.
PAUSE: Final = "steer.pause"
RESUME: Final = "steer.resume"
SKIP: Final = "steer.skip"
NEXT: Final = "steer.next"
OWN: Final = "steer.own"
WRAP_UP: Final = "steer.wrapup"
LENGTH: Final = "steer.length"
SEATS: Final = "steer.seats"
STOP: Final = "steer.stop"
END_NOW: Final = "steer.end"
SUM_UP: Final = "steer.summary"
BACK: Final = "steer.back"

# Of the 4000 characters of a card; a reason may hold what a server said.
_REASON_LIMIT: Final = 1500
_SAID_LIMIT: Final = 1500


def first_line(report: StatusReport) -> str:
    """How a table stands: "Open · question 2 of 7 · turn 5 of 10 · next: Kaede"."""
    match report.status:
        case Status.RUNNING:
            stands = "Waiting for Discord" if report.waiting else "Open"
        case Status.PAUSED:
            stands = "Paused"
        case Status.ENDED:
            return f"**Closed** · {_count(report.turns, 'turn')}"
    told = [f"**{stands}**", *filter(None, [report.phase])]
    if report.question and report.questions > 1:
        told.append(f"question {report.question_number} of {report.questions}")
    told += _length(report)
    if report.next_speaker and report.status is Status.RUNNING:
        last = report.turns_in_all is not None and report.turns >= report.turns_in_all
        told.append(f"{report.next_speaker} sums up" if last else f"next: {report.next_speaker}")
    return " · ".join(told)


def panel_card(report: StatusReport, *, chimers: int | None = None) -> c.Layout:
    """How the table stands, and what everyone can do at it. `chimers` as in StoredSession."""
    number = report.session_id
    talks = chimers != 0
    row = c.row(
        c.button("Say something", SAY, number, style=c.Style.primary, emoji="💬", is_enabled=talks),
        c.button("Ask…", WHOM, number, emoji="🙋", is_enabled=talks),
        c.button("Steer", STEER, number, emoji="🎛️"),
    )
    return c.card(c.text(_stands(report)), row if report.status is not Status.ENDED else None)


def whom_card(session_id: int, personas: Sequence[Persona], emoji: Emoji) -> c.Layout:
    """Whom to ask something."""
    return c.card(c.menu(CHOSEN, session_id, "Whom do you want to ask?", persona_options(personas, emoji)))


def steer_card(
    report: StatusReport, *, seated: Sequence[Persona], absent: Sequence[Persona], emoji: Emoji, said: str = ""
) -> c.Layout:
    """What who steers can do now. `seated` and `absent`: who sits at the table, and who else could. `said`: what came
    of the last press."""
    number, runs = report.session_id, report.status is Status.RUNNING

    def can(wish: Wish) -> bool:
        return runs and wish not in report.refused

    heading = "\n".join(filter(None, ["## Steer the table", _stands(report), clipped(said, _SAID_LIMIT)]))
    if report.status is Status.ENDED:
        return c.card(c.text(heading))
    go = (
        c.button("Pause", PAUSE, number, emoji="⏸️")
        if runs
        else c.button("Resume", RESUME, number, emoji="▶️", style=c.Style.success)
    )
    shown = offered(seated, absent)
    names = [persona.name for persona in seated]
    return c.card(
        c.text(heading),
        c.row(
            go,
            c.button("Skip", SKIP, number, emoji="⏭️", is_enabled=can("skip")),
            c.button("Wrap up", WRAP_UP, number, emoji="🏁", is_enabled=can("wrap_up")),
            c.button("Stop", STOP, number, emoji="⏹️", style=c.Style.danger),
        ),
        c.row(
            c.button(
                "Next question", NEXT, number, emoji="❓", is_enabled=can("next_question") and report.questions > 1
            ),
            c.button("Own question", OWN, number, emoji="✍️", is_enabled=can("own_question")),
            c.button("Length", LENGTH, number, emoji="📏", is_enabled=can("length")),
        ),
        c.menu(
            SEATS,
            number,
            "Who sits at the table",
            persona_options(shown, emoji, chosen=names),
            most=len(shown),
            is_enabled=runs,
        ),
        c.text(small("The menu holds 25 personas; `/roundtable seat add` knows them all."))
        if len(seated) + len(absent) > c.OPTIONS
        else None,
    )


def stop_card(session_id: int) -> c.Layout:
    """How a table is to be stopped, if at all."""
    return c.card(
        c.text("## Stop the table?\nThe minutes are handed out either way."),
        c.row(
            c.button("End now", END_NOW, session_id, style=c.Style.danger),
            c.button("Sum up first", SUM_UP, session_id, style=c.Style.primary),
            c.button("Keep going", BACK, session_id),
        ),
    )


def offered(seated: Sequence[Persona], absent: Sequence[Persona]) -> list[Persona]:
    """Whom the menu of seats holds: all who sit there, then others, as many as there is room for."""
    return [*seated, *absent][: c.OPTIONS]


def _stands(report: StatusReport) -> str:
    reason = clipped(report.reason, _REASON_LIMIT) if report.reason else None
    return "\n".join(filter(None, [first_line(report), reason]))


def _length(report: StatusReport) -> list[str]:
    if report.turns_in_all is None:
        return [_count(report.turns, "turn")] if report.turns else []
    return [f"turn {report.turns} of {report.turns_in_all}" if report.turns else _count(report.turns_in_all, "turn")]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
