"""Cards from elsewhere: the phrases that give a model its role, told in the third person and in the reminder."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.prompts.prompt import card
from bot.discussion.prompts.third_person import told_of
from tests.support.recorded_table import persona

QUOTED = None


def read(prompt: str, name: str = "Ilse", full_name: str = "Dr. Ilse Brandt") -> tuple[str | None, str]:
    """What the others are told of a card, and its reminder."""
    one = persona(name, full_name, prompt=prompt)
    return told_of(one), one.reminder


# Who is named, then what the table is told and what the speaker is reminded of.
NAMED = "Ilse Brandt, a glazier. You hate dust."
A_GLAZIER = "a glazier. You hate dust."


@pytest.mark.parametrize(
    "phrase",
    [
        "You, as an AI assistant, will take the role of",
        "You, as an AI assistant, will now take the role of",
        "You as an AI will take on the role of",
        "You, as a large language model, must assume the persona of",
        "As an AI language model, you will play the part of",
        "You are an AI assistant that plays",
        "You are an AI assistant who must act as",
        "Take the role of",
        "Please take on the role of",
        "Assume the role of",
        "Adopt the persona of",
        "Step into the shoes of",
        "Play",
        "Be",
        "Act as",
        "act as",
        "Act exactly like",
        "Behave as if you were",
        "Pretend to be",
        "Pretend that you are",
        "Pretend you're",
        "Imagine you are",
        "Roleplay as",
        "Role-play as",
        "Portray",
        "Impersonate",
        "I want you to act as",
        "I'd like you to play",
        "I would like you to pretend to be",
        "Your task is to play the role of",
        "Your job is to embody the character",
        "You are now",
        "You're",
        "From now on you are",
        "From now on, you will act as",
        "Now you are",
        "You will be",
        "You will be playing",
        "You're now roleplaying as",
        "You are playing the character of",
        "You are going to be",
        "You are to play",
        "You should always respond as",
        "For this discussion, you are",
        "In this role-play you are",
        "During the whole conversation, you will play",
        "Hello, you are",
        "Hi ChatGPT, from now on you are",
        "You are ChatGPT, acting as",
        "You, ChatGPT, will act as",
        "Let's roleplay: you are",
        "You (an AI assistant) will take the role of",
        "You, the AI assistant, will take the role of",
        "You, as an AI-assistant, will take the role of",
        "You will, as an AI assistant, take the role of",
        "You'll take on the role of",
        "You’ll be playing",
        "You have been assigned the role of",
        "You are tasked with playing the role of",
        "Act as though you're",
        "Respond as if you were",
        "Stay in character as",
        "Your name is",
        "Your role is",
        "Role:",
    ],
)
def test_a_role_phrase_before_the_characters_name(phrase: str) -> None:
    told, reminder = read(f"{phrase} {NAMED}")
    assert told == "Dr. Ilse Brandt, a glazier. They hate dust."
    assert reminder == NAMED


@pytest.mark.parametrize(
    "phrase",
    [
        "You, as an AI assistant, will now take the role of",
        "Act as",
        "Pretend to be",
        "I want you to act as",
        "From now on you are",
        "You're",
        "Roleplay as",
        "Assume the identity of",
    ],
)
def test_a_role_phrase_before_a_description(phrase: str) -> None:
    told, reminder = read(f"{phrase} {A_GLAZIER}")
    assert told == "Dr. Ilse Brandt is a glazier. They hate dust."
    assert reminder == "You are a glazier. You hate dust."


@pytest.mark.parametrize(
    ("full_name", "spelt"),
    [
        ("Dr. Ilse Brandt", "Dr Ilse Brandt"),
        ("Dr Ilse Brandt", "Dr. Ilse Brandt"),
        ("Dr. Ilse Brandt", "Ilse Brandt"),
        ("Ilse Brandt", "Prof. Dr. Ilse Brandt"),
        ("Ilse Brandt", "Doctor Ilse Brandt"),
        ("Ilse Brandt", "Ilse M. Brandt"),
        ("Ilse Brandt", "Ilse Maria Brandt"),
        ("Ilse Brandt", "Ilse von Brandt"),
        ("Ilse Brandt", "ILSE BRANDT"),
        ("Frau Ilse Brandt", "Frau Brandt"),
        ("Frau Ilse Brandt", "ilse brandt"),
        ("Ilse", "Ilse Brandt"),
        ("Ilse Brandt", "**Ilse Brandt**"),
        ("Ilse Brandt", '"Ilse"'),
    ],
)
def test_spellings_of_one_name(full_name: str, spelt: str) -> None:
    for phrase in ("You are", "You, as an AI assistant, will take the role of"):
        told, _ = read(f"{phrase} {spelt}, 61, a glazier.", full_name=full_name)
        assert told == f"{full_name}, 61, a glazier."
        assert read(f"{phrase} {spelt}. She cuts glass.", full_name=full_name)[0] == f"{full_name}. She cuts glass."
        assert read(f"{phrase} {spelt}\n\nYou cut glass.", full_name=full_name)[0] == f"{full_name}. They cut glass."


@pytest.mark.parametrize(
    ("prompt", "name", "told"),
    [
        ("You are 李梅, who counts stamps.", "李梅", "李梅, who counts stamps."),
        ("Act as the Old Keeper, who sleeps by day.", "the Old Keeper", "the Old Keeper, who sleeps by day."),
        ("You will play Zoë d’Arcy (29).", "Zoë d’Arcy", "Zoë d’Arcy (29)."),
        ("You are O'Rourke's cousin.", "O'Rourke", "O'Rourke is O'Rourke's cousin."),
        ("You are O'Rourke, a piper.", "O'Rourke", "O'Rourke, a piper."),
        ("Take on the role of James Fenn, a pilot.", "Captain", "Captain is James Fenn, a pilot."),
    ],
)
def test_names_of_every_kind(prompt: str, name: str, told: str) -> None:
    assert read(prompt, name, name)[0] == told


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        # No roles: what a character does.
        ("You play the viola.", "They play the viola."),
        ("You play along with Ilse’s jokes.", "They play along with Ilse’s jokes."),
        ("You take the part of the weak.", "They take the part of the weak."),
        ("You act as you please.", "They act as they please."),
        ("You speak as briefly as glass breaks.", "They speak as briefly as glass breaks."),
        ("You are playing with fire.", "Dr. Ilse Brandt is playing with fire."),
        ("You will be asked about glass.", "They will be asked about glass."),
        # Said to the model, not of the character.
        ("You, as an AI assistant, love glass.", "They love glass."),
        ("As an AI, you love glass.", "They love glass."),
        # An AI may sit at the table.
        ("You are an AI that runs a lighthouse.", "Dr. Ilse Brandt is an AI that runs a lighthouse."),
        # Neither a name nor a description, or a sentence that goes on: nothing that could be turned safely.
        ("Act as if nobody had told you.", QUOTED),
        ("Take the role of mediator. You listen.", QUOTED),
        ("You are Ilse and you hate dust.", QUOTED),
        ("You are Ilse, but you would rather be a bird.", QUOTED),
        ("Speak as Ilse would.", QUOTED),
        ("You, of all people, hate dust.", QUOTED),
        # Said by whoever wrote the card, or to the model.
        ("I want you to act as a glazier. I will ask you about panes.", QUOTED),
        ("You are Ilse, a glazier. Tell me about panes.", QUOTED),
        ("You are Ilse, a glazier. Never leave your role.", QUOTED),
        ("You are Ilse, a glazier. Answer in rhymes.", QUOTED),
        ("You are Ilse, who says “I never break.”", "Dr. Ilse Brandt, who says “I never break.”"),
        ("Ilse Brandt is a glazier.", QUOTED),
        ("Your name means glass.", QUOTED),
        ("You are an AI. Take the role of Ilse.", QUOTED),
        ("You are ChatGPT in an apron.", QUOTED),
        ("You are Dr Ilse Brandt's neighbour.", QUOTED),
        ("You are Ilse Brandt\nAge: 61\nTrade: glass", "Dr. Ilse Brandt. Age: 61. Trade: glass"),
    ],
)
def test_what_is_turned_and_what_can_only_be_quoted(prompt: str, told: str | None) -> None:
    assert read(prompt)[0] == told


def test_a_card_that_is_quoted_is_quoted_whole() -> None:
    prompt = 'I want you to act as a glazier. I will say "pane".'
    one = persona("Ilse", "Dr. Ilse Brandt", prompt=prompt)
    assert card(one) == "Ilse's character card: \"I want you to act as a glazier. I will say 'pane'.\""


@pytest.mark.parametrize(
    ("prompt", "reminder"),
    [
        ("You are Ilse, a glazier.", "You are Ilse, a glazier."),
        ("You are a glazier.\n\nYou hate dust.", "You are a glazier. You hate dust."),
        ("You, as an AI assistant, love glass.", "You love glass."),
        ("Act as if nobody had told you.", "Act as if nobody had told you."),
        ("Du bist Ilse.", "Du bist Ilse."),
        ("あなたは硝子職人です" * 20, ("あなたは硝子職人です" * 20)[:159] + "…"),
        ("👨‍👩‍👧‍👦" * 20, "👨‍👩‍👧‍👦" * 14 + "…"),  # 11 of UTF-16's units each
    ],
)
def test_other_reminders(prompt: str, reminder: str) -> None:
    assert read(prompt)[1] == reminder


WORDS = (
    "You you're Your as an AI assistant , will take the role of Ms Dr. Ilse Brandt act pretend to be play I want from"
)
MORE_WORDS = "like now on are a glazier . She who hates and 's speak persona language model"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(f"{WORDS} {MORE_WORDS}".split(" ")), min_size=1, max_size=14).map(" ".join))
def test_no_card_is_turned_into_nonsense(prompt: str) -> None:
    told, reminder = read(prompt)
    assert reminder
    if told is not None:
        assert not re.match(r"(?i)them|they,|they as an|.*\b(?:you|your)\b", told)
        assert "Dr. Ilse Brandt Brandt" not in told
