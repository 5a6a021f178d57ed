"""Who claims to be somebody else, in any language, and who only uses a word that is a name as well."""

import pytest

from bot.discussion.model.claims import speaks_as_other
from tests.support.recorded_table import persona

ANNA = persona("Anna", "Anna Berg")
OTHERS = [
    persona("Ben", "Ben Holt"),
    persona("Max", "Dr. Max Müller"),
    *map(persona, ("Frank", "Doctor", "Hope", "Will", "Baker", "Rich")),
    *map(persona, ("Бен", "Надежда", "ベン", "本", "지민", "สมชาย", "ليلى", "Ελένη")),
]


@pytest.mark.parametrize(
    "text",
    [
        "I am Ben.",
        "I'm Ben Holt, a miller.",
        "Well, I’m Frank and I bake.",
        "My name is Dr. Müller.",
        "I am Max from the mill.",
        "**I am Ben**",
        "“I am Ben,” I say.",
        "I AM BEN!",
        "You are Ben Holt, 40, a miller.",
        "1. You’re Ben.",
        "Ich bin Ben.",
        "Ich heiße Max Müller und mahle Korn.",
        "Du bist Ben, der Müller.",
        "Je suis Ben, et je mouds.",
        "Je m’appelle Frank.",
        "Soy Ben.",
        "Me llamo Ben Holt y muelo.",
        "Sou o Ben.",
        "Mi chiamo Ben.",
        "Ik ben Ben.",
        "Jag heter Ben.",
        "Jeg er Ben.",
        "Olen Ben.",
        "Nazywam się Ben.",
        "Меня зовут Бен.",
        "Я Надежда, и я пеку.",
        "Με λένε Ελένη.",
        "اسمي ليلى.",
        "私はベンです。",
        "私の名前は本と申します。",
        "我是本。",
        "我叫本，种麦子。",
        "저는 지민입니다.",
        "ผมชื่อสมชายครับ",
    ],
)
def test_claims_to_be_somebody_else(text: str) -> None:
    assert speaks_as_other(text, ANNA, (ANNA, *OTHERS))


@pytest.mark.parametrize(
    "text",
    [
        "I am Anna.",
        "Ich bin Anna Berg.",
        "I'm frank about it.",
        "I'm Frank about it.",
        "I'm doctor enough to see it.",
        "I am rich, and I will pay.",
        "I hope so. I am hope itself.",
        "I am willing.",
        "I am baker and miller.",
        "I am Ben's neighbour.",
        "I am benign.",
        "You are right, Ben.",
        "You are Ben's friend.",
        "Ben, you are a baker.",
        "Ich bin frank und frei.",
        "Je suis frank.",
        "Soy benévolo.",
        "Я бензин купил.",
        "Я надежда отца.",
        "私はベンチに座る。",
        "我是本地人。",
        "저는 지민의 친구입니다.",
        "I type `I am Ben` and wait.",
        "> I am Ben.\nSo he says.",
    ],
)
def test_claims_no_such_thing(text: str) -> None:
    assert not speaks_as_other(text, ANNA, (ANNA, *OTHERS))


LENA = persona("Lena", "Lena Holm")
LENAS_TABLE = (
    LENA,
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
    assert speaks_as_other(text, LENA, LENAS_TABLE)


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
    assert not speaks_as_other(text, LENA, LENAS_TABLE)
