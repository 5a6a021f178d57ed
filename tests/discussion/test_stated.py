"""Whether a summary states what a vote came to: right and wrong ones, in several languages and scripts."""

from collections.abc import Sequence

import pytest

from bot.discussion.model.polls import Poll
from bot.discussion.model.steerings import PollClosed, PollOpened
from bot.discussion.replies.stated import left_out

YES_NO = ("yes", "no", "it depends")
PARK = ("the park", "a barn")
PHONES = ("Allow phones in all schools", "Do not allow phones in all schools")
TOOLS = (
    "Lend all tools to members for a week, free of any charge, and ask for them back by a letter.",
    "Lend all tools to anybody for an hour, against a deposit, and let nobody take them home.",
)


def closed(options: Sequence[str], votes: Sequence[int], by: Sequence[str] = ()) -> Poll:
    """A poll that has come out so; where the options are somebody's proposals, in points."""
    opened = PollOpened(name="council", question="?", options=tuple(options), by=tuple(by), ranked=bool(by))
    if not by:
        return Poll(1, opened, closed=PollClosed(poll=1, people=tuple(votes)))
    # Of two proposals the one that somebody ranks first gets a point, the other none.
    ranked = [(at, 1 - at) for at, points in enumerate(votes) for _ in range(points)]
    ballots = {str(number): ranking for number, ranking in enumerate(ranked)}
    return Poll(1, opened, ballots, closed=PollClosed(poll=1, people=(0, 0)))


NO = closed(YES_NO, (1, 2, 0))  # "no", with 2 of 3 votes
NO_BY_MANY = closed(YES_NO, (3, 12, 0))
TIE = closed(YES_NO, (1, 1, 0))
THE_PARK = closed(PARK, (4, 1))
PHONES_ALLOWED = closed(PHONES, (3, 1))
LENT = closed(TOOLS, (5, 3), by=("Ravi", "Mira"))
NEIN = closed(("Ja", "Nein"), (1, 3))
IIE = closed(("はい", "いいえ"), (1, 2))
BU = closed(("要", "不要"), (2, 3))
YAO = closed(("要", "不要"), (3, 2))
LA = closed(("نعم", "لا"), (1, 3))
LO = closed(("כן", "לא"), (1, 3))
NAHIN = closed(("हाँ", "नहीं"), (1, 3))
MAI = closed(("ใช่", "ไม่"), (1, 3))
OCHI = closed(("Ναι", "Όχι"), (1, 3))
NJET = closed(("да", "нет"), (1, 3))


STATED = [
    (NO, "The table decided: “no”."),
    (NO, 'After a lively talk the result was "No." Some doubt it.'),
    (NO, "**Result:** **No**\n\nMira wants it looked at again."),
    (NO, "No won with 2 of 3 votes."),
    (NO, "The result is no, by 2 votes to 1."),
    (NO_BY_MANY, "In the end it was no: 12 of 15."),
    (TIE, "It ended in a tie between “yes” and “no”."),
    (THE_PARK, "The table is for *the park*."),
    (THE_PARK, "The park has it, 4 : 1."),
    (PHONES_ALLOWED, "In the end the table would allow phones in all schools, with doubts."),
    (LENT, "All tools are lent to members for a week, free of charge, and a letter asks for them back."),
    (LENT, "Ravi's proposal won with 5 points, ahead of Mira's with 3."),
    # The same language as the options'.
    (NEIN, "Der Tisch hat abgestimmt: „Nein“, mit 3 von 4 Stimmen."),
    (NEIN, "Mit 3 von 4 Stimmen wurde es ein Nein."),
    (closed(("oui", "non"), (1, 3)), "Le résultat est « non », par 3 voix sur 4."),
    (IIE, "投票の結果は「いいえ」でした。"),
    (IIE, "結果は３票中２票でいいえとなりました。"),
    (BU, "大家的决定是“不要”。"),
    (BU, "五票中有三票选择不要。"),
    (LA, "كانت نتيجة التصويت «لا»."),
    (LA, "فازت لا بـ٣ من ٤ أصوات."),
    (LO, 'תוצאת ההצבעה: "לא".'),
    (NAHIN, "नतीजा “नहीं” रहा।"),
    (NAHIN, "४ में से ३ मत नहीं के पक्ष में पड़े।"),
    (MAI, "ผลการลงคะแนนคือ “ไม่”"),
    (OCHI, "Το αποτέλεσμα ήταν «Όχι»."),
    (NJET, "Итог голосования: «нет», 3 голоса из 4."),
    # Another one: the figures, or what stands in quotation marks beside them.
    (NO, "Das Ergebnis lautet mit 2 von 3 Stimmen „Nein“."),
    (NO, "Äänestyksen tulos: ei, 2 ääntä 3:sta."),
    (NO, "表决结果是否定的，3票中有2票反对。"),
    (TIE, "Es steht unentschieden, „Ja“ und „Nein“ haben je 1 Stimme."),
    (LENT, "Ravin ehdotus voitti 5 pisteellä."),
    (LENT, "Победило предложение Ravi: 5 баллов."),
]

NOT_STATED = [
    (NO, "There was no agreement on anything."),
    (NO, "There is no plan yet: 2 of 3 said yes."),
    (NO, "“Yes” won with 2 of 3 votes."),
    (NO, "No one spoke of costs. Mira said “No, never”."),
    (NO, "Not now, said Aino; nobody knows."),
    (NO_BY_MANY, "There was no agreement among 3 of them."),
    (THE_PARK, "Some like the park, some a barn."),
    (PHONES_ALLOWED, "In the end the table would rather do not allow phones in all schools."),
    (LENT, "Tools were talked of, and members, and money."),
    (LENT, "Mira's proposal won with 5 points, ahead of Ravi's."),
    (LENT, "Tools are lent to anybody for an hour, against a deposit, and nobody takes them home."),
    (NEIN, "Nein, einig war man sich nicht."),
    (NEIN, "3 von 4 waren für „Ja“."),
    (IIE, "いいえ、まだ決まっていません。"),
    (BU, "大家都说不要着急。"),
    (YAO, "五票中有三票选择不要。"),
    (YAO, "大家的决定是“不要”。"),
    (LA, "لا أحد يعرف."),
    (LO, "לא היה הסכם."),
    (NAHIN, "अभी कुछ तय नहीं हुआ।"),
    (MAI, "ยังไม่มีข้อตกลง"),
    (OCHI, "Όχι ακόμη."),
    (NJET, "Согласия нет."),
    (NO, "Es war ein lebhaftes Gespräch."),
    (LENT, "Keskustelu oli vilkas."),
]


@pytest.mark.parametrize(("poll", "text"), STATED)
def test_a_summary_that_states_the_result(poll: Poll, text: str) -> None:
    assert left_out(text, poll) == ()


@pytest.mark.parametrize(("poll", "text"), NOT_STATED)
def test_a_summary_that_does_not(poll: Poll, text: str) -> None:
    assert left_out(text, poll) == poll.winners


def test_of_a_tie_both_are_stated() -> None:
    assert left_out("It ended with “yes”.", TIE) == (1,)


def test_without_a_vote_there_is_nothing_to_state() -> None:
    assert left_out("A lively talk.", closed(YES_NO, (0, 0, 0))) == ()
