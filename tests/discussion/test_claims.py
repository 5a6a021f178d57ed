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
