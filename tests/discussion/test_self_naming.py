"""Who speaks under another's name."""

import pytest

from bot.discussion.model.claims import speaks_as_other
from tests.support.recorded_table import persona

SPEAKER = persona("Lena", "Lena Holm")
TABLE = (
    SPEAKER,
    *(persona(*n) for n in (("Frank", "Frank Weiß"), ("Doctor",), ("Will",), ("Иван",), ("Νίκος",), ("李华",))),
)


@pytest.mark.parametrize(
    "text",
    [
        "I am Frank Weiss, and I bake.",
        "I’m Will.",
        "Well, I'm *Frank*.",
        "i am Frank",
        "I AM DR. WEISS",
        "Ich bin Frank.",
        "Je suis Frank !",
        "Soy Frank y no lo creo.",
        "Меня зовут Иван.",
        "Είμαι ο Νίκος.",
        "我是李华。",
        "私はFrankです。",
        "저는 Frank입니다",
        "Call me Will.",
        "You are Lena Holm, who bakes.",
        "Hello.\n1) You’re Frank Weiß, a baker.",
    ],
)
def test_somebody_who_gives_anothers_name(text: str):
    assert speaks_as_other(text, SPEAKER, TABLE)


@pytest.mark.parametrize(
    "text",
    [
        "I'm frank about such things.",
        "i'm frank about such things",
        "I'm doctor enough to know.",
        "I am Lena.",
        "I am Frank's sister.",
        "I am with Frank.",
        "I am frankly amazed.",
        "I will say so.",
        "You are right, Frank.",
        "Я согласна с Иваном.",
        "`I am Frank`",
        "मैं Frank से सहमत हूँ।",
        "من Frank را می‌شناسم",
        "我是李华的朋友。",
        "Ben Frank ile aynı fikirdeyim.",
        "",
    ],
)
def test_somebody_who_does_not(text: str):
    assert not speaks_as_other(text, SPEAKER, TABLE)
