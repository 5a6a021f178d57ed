"""An answer in another script than the table's is none that people have asked for, in whatever language they ask."""

from dataclasses import replace

import pytest

from bot.discussion.model.record import Record, Session, Turn
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.replies.language_names import LANGUAGE_NAMES, scripts_named
from bot.discussion.replies.scripts import is_foreign
from tests.support.samples import CAST, TASK, stored_session

RUSSIAN = "Я думаю, что хлеб важнее."
JAPANESE = "パンのほうが大切だと思います。"
ARABIC = "أعتقد أن الخبز أهم."
HINDI = "मुझे लगता है कि रोटी ज़्यादा ज़रूरी है।"
GREEK = "Νομίζω ότι το ψωμί είναι πιο σημαντικό."
KOREAN = "저는 빵이 더 중요하다고 생각해요."
HEBREW = "אני חושב שהלחם חשוב יותר."
THAI = "ผมคิดว่าขนมปังสำคัญกว่า"

ASKED = [
    ("Speak Russian only.", RUSSIAN),
    ("Antwortet bitte auf Russisch.", RUSSIAN),
    ("Répondez en russe.", RUSSIAN),
    ("Hablad en ruso, por favor.", RUSSIAN),
    ("Rispondete in russo.", RUSSIAN),
    ("Falem em russo.", RUSSIAN),
    ("Tala ryska.", RUSSIAN),
    ("Puhukaa venäjäksi.", RUSSIAN),
    ("Odpowiadajcie po rosyjsku.", RUSSIAN),
    ("Mluvte rusky.", RUSSIAN),
    ("Oroszul beszéljetek.", RUSSIAN),
    ("Rusça konuşun.", RUSSIAN),
    ("In Ukrainian, please.", RUSSIAN),
    ("Antworte auf Japanisch.", JAPANESE),
    ("In Japanese please!", JAPANESE),
    ("Responded en japonés.", JAPANESE),
    ("Répondez en japonais.", JAPANESE),
    ("Odpowiadaj po japońsku.", JAPANESE),
    ("Auf Chinesisch.", "我觉得面包更重要。"),
    ("Speak Mandarin.", "我觉得面包更重要。"),
    ("Parlez coréen.", KOREAN),
    ("Sprecht Arabisch.", ARABIC),
    ("Responde en árabe.", ARABIC),
    ("Speak Hindi with each other.", HINDI),
    ("Rispondete in greco.", GREEK),
    ("Svar på græsk.", GREEK),
    ("Antwortet auf Hebräisch.", HEBREW),
    ("Speak Thai.", THAI),
]


def places(rule: str) -> dict[str, tuple[Session, Record]]:
    """Every place in which a language can be asked for."""
    session, first = stored_session().session, CAST[0]
    told = first.model_copy(update={"prompt": f"{first.prompt} {rule}"})
    put = Turn(1, "moderator", "Moderator", rule, steering=QuestionPut(question=rule))
    return {
        "rules": (replace(session, task=TASK.model_copy(update={"discuss": rule})), Record()),
        "context": (replace(session, task=TASK.model_copy(update={"context": f"A town. {rule}"})), Record()),
        "question": (replace(session, task=TASK.model_copy(update={"questions": ("Bread?", rule)})), Record()),
        "summary": (replace(session, task=TASK.model_copy(update={"summarize": rule})), Record()),
        "language": (replace(session, task=TASK.model_copy(update={"language": rule})), Record()),
        "card": (replace(session, cast=(told, *CAST[1:])), Record()),
        "guest": (session, Record([Turn(1, "guest", "Kim", rule)])),
        "question put": (session, Record([put])),
    }


@pytest.mark.parametrize(("rule", "answer"), ASKED, ids=[rule for rule, _ in ASKED])
def test_a_language_that_is_asked_for_is_welcome(rule: str, answer: str) -> None:
    assert is_foreign(answer, stored_session().session, Record())
    other = ARABIC if answer != ARABIC else RUSSIAN
    for place, (session, record) in places(rule).items():
        assert not is_foreign(answer, session, record), place
        assert is_foreign(other, session, record), f"{place}: and no other"


@pytest.mark.parametrize(
    ("rule", "script"),
    [
        ("Говорите по-английски.", "LATIN"),
        ("Отвечайте на немецком языке.", "LATIN"),
        ("英語で答えてください。", "LATIN"),
        ("请用法语回答。", "LATIN"),
        ("أجب بالإنجليزية من فضلك.", "LATIN"),
        ("日本語で話してください。", "EAST ASIAN"),
        ("한국어로 말해 주세요.", "EAST ASIAN"),
        ("请用俄语。", "CYRILLIC"),
        ("ロシア語でお願いします。", "CYRILLIC"),
        ("ענו ברוסית.", "CYRILLIC"),
        ("Мовою співрозмовника: українською.", "CYRILLIC"),
        ("Απαντήστε στα ελληνικά.", "GREEK"),
        ("हिन्दी में बोलिए।", "DEVANAGARI"),
        ("พูดภาษาไทย", "THAI"),
    ],
)
def test_a_language_is_asked_for_in_any_script(rule: str, script: str) -> None:
    assert script in scripts_named(rule)


@pytest.mark.parametrize(
    "text",
    [
        "A town that lends ladders needs fewer ladders.",
        "Russell rushed along the rusty rail; the kingfisher was no concern of his.",
        "Wir essen Griesbrei und reden über Rosinen.",
        "Le rustre a rusé, puis il est parti.",
        "Один кузнец чинит лестницу, другой — пилу.",
        "",
    ],
)
def test_what_only_looks_like_a_language_names_none(text: str) -> None:
    assert scripts_named(text) == frozenset()


def test_every_language_is_known_by_its_english_name() -> None:
    for name, script in {
        "Bulgarian": "CYRILLIC",
        "Persian": "ARABIC",
        "Georgian": "GEORGIAN",
        "Tamil": "TAMIL",
    }.items():
        assert script in scripts_named(f"Speak {name}, all of you.")
    assert all(names.split() for names in LANGUAGE_NAMES.values())


def test_what_was_answered_twice_is_meant() -> None:
    session, record = stored_session().session, Record()
    for seq in (1, 2):
        assert is_foreign(RUSSIAN, session, record)
        record.append(Turn(seq, "persona", "Aino", "", raw=RUSSIAN, flags=("empty", "wrong_script")))
    assert not is_foreign(RUSSIAN, session, record)
    assert is_foreign(JAPANESE, session, record)
