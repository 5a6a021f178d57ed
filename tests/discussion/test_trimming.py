"""What goes out of a reply before it is judged, and what stays: reply, record, what is left, and why."""

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.replies.guards import objection
from bot.discussion.replies.reply import Reply, clean
from bot.discussion.replies.trimming import FOR_OTHERS, RECITED, REPEATED, new_pairs, trimmed
from tests.support.recorded_table import AINO, CAST, RecordedTable, persona

ICE = "The ice broke on the ninth of May, a week before the mean of thirty years."
NEW = "Nobody has counted the floes below the bridge yet."
CARD = (
    "You are Odd Berg, 70, a retired ferryman who trusts the weather more than any forecast he was ever paid to read."
)
RULES = "Speak as your character, in the first person, in at most three sentences a turn."


def left(text: str, *earlier: str, finish_reason: str = "stop", **dials: str) -> Reply:
    table = RecordedTable(
        cast=(*CAST, persona("Odd", "Odd Berg", prompt=CARD)),
        context="The hall was built by ten families in the year of the great flood.",
        dials=Dials.model_validate(dials),
    )
    for number, said in enumerate(earlier):
        table.say(("Ravi", "Mira")[number % 2], said)
    reply = clean(text, speaker=AINO, others=CAST[1:], finish_reason=finish_reason)
    return trimmed(
        reply, table.session, table.record, AINO, cue="Four turns are left in the discussion, this included."
    )


@pytest.mark.parametrize(
    ("text", "rest", "flags"),
    [
        # Word for word, and nearly so.
        (f"{ICE} {NEW}", NEW, (REPEATED,)),
        (f"{NEW} {ICE}", NEW, (REPEATED,)),
        (f"I see. {ICE.upper()} {NEW}", f"I see. {NEW}", (REPEATED,)),
        (f"**{ICE}** {NEW}", NEW, (REPEATED,)),
        (f"1. {ICE}\n2. {NEW}", f"2. {NEW}", (REPEATED,)),
        (f"{NEW}\n{ICE}\nAnd you, Ravi?", f"{NEW}\nAnd you, Ravi?", (REPEATED,)),
        (f"{NEW} {ICE}\nAnd you, Ravi?", f"{NEW}\nAnd you, Ravi?", (REPEATED,)),
        ("On the ninth of May, a week before the mean of thirty years, the ice broke. Why?", "Why?", (REPEATED,)),
        (ICE, "", (REPEATED,)),
        (f"{NEW} As I said:\n{ICE}", NEW, (REPEATED,)),
        (f"So I think:\n{ICE}\n{NEW}", f"So I think:\n{NEW}", (REPEATED,)),
        (f"Well, {ICE} Yes.", "Yes.", (REPEATED,)),
        (f"You see, Ravi: {ICE} {NEW}", NEW, (REPEATED,)),
        # Another number, a "not", another end: other sentences.
        (ICE.replace("ninth", "tenth"), None, ()),
        (ICE.replace("broke", "did not break"), None, ()),
        (ICE.replace("thirty", "30"), None, ()),
        ("The ice broke on the ninth of May because of the rain from the west.", None, ()),
        # Recited: the card, the context, the rules, the cue.
        (f"A retired ferryman who trusts the weather more than any forecast he reads. {NEW}", NEW, (RECITED,)),
        (f"The hall was built by ten families in the year of the great flood. {NEW}", NEW, (RECITED,)),
        (f"Speak as your character, in the first person, in at most three sentences. {NEW}", NEW, (RECITED,)),
        (f"Four turns are left in the discussion, this included. {NEW}", NEW, (RECITED,)),
        ("Ten families built it, so ten families may tear it down again.", None, ()),
        # Somebody else's voice, from where it begins.
        (f"{NEW} I am Ravi Menon. I mend radios.", NEW, (FOR_OTHERS,)),
        (f"{NEW}\nYou are Odd Berg, a ferryman. You like boats.", NEW, (FOR_OTHERS,)),
        ("I am Ravi Menon. I mend radios.", "", (FOR_OTHERS,)),
        (f"{ICE} {NEW} I'm Mira, and I keep bees.", NEW, (REPEATED, FOR_OTHERS)),
        # What may come back: few words, a question that is answered, a quotation, a refrain.
        ("I agree. Thank you, Ravi. Of course not, Mira.", None, ()),
        (f"“{ICE}” So says Ravi. {NEW}", None, ()),
        (f"> {ICE}\n{NEW}", None, ()),
        ("We wait. We count. We wait. We count.", None, ()),
        (f"```\n{ICE}\n```\nThat is what I wrote.", None, ()),
    ],
)  # fmt: skip
def test_what_is_left_and_why(text: str, rest: str | None, flags: tuple[str, ...]) -> None:
    found = left(text, ICE)
    assert found.text == (text if rest is None else rest)
    assert set(flags) == {flag for flag in found.flags if flag.startswith("trimmed:")}


@pytest.mark.parametrize(
    ("earlier", "new"),
    [
        ("Das Eis ist am neunten Mai gebrochen, eine Woche früher als sonst.", "Niemand hat die Schollen gezählt."),
        ("Лёд вскрылся девятого мая, на неделю раньше обычного.", "Никто ещё не считал льдины."),
        ("今年の氷は五月九日に割れた、平均より一週間早い。", "誰も橋の下の氷を数えていない。"),
        ("今年的冰在五月九日破裂，比平均早一个星期。", "还没有人数过桥下的浮冰。"),
        ("올해 얼음은 오월 구일에 평균보다 일주일 먼저 깨졌다.", "아무도 다리 밑의 얼음을 세지 않았다."),
        ("इस साल बर्फ़ नौ मई को औसत से एक हफ़्ते पहले टूटी।", "पुल के नीचे की बर्फ़ किसी ने नहीं गिनी।"),
        ("كسر الجليد هذا العام في التاسع من مايو قبل أسبوع من المعتاد.", "لم يعد أحد الجليد تحت الجسر."),
        ("Ο πάγος έσπασε στις εννέα Μαΐου, μια εβδομάδα νωρίτερα.", "Κανείς δεν μέτρησε τα κομμάτια."),
        ("הקרח נשבר בתשעה במאי, שבוע לפני הממוצע של השנים.", "איש לא ספר את הגושים."),
    ],
)
def test_in_any_language(earlier: str, new: str) -> None:
    assert left(f"{earlier} {new}", earlier).text == new
    assert left(f"{new} {earlier}", earlier).text == new
    assert left(new, earlier).text == new


def test_a_question_that_a_guest_asked_may_be_taken_up() -> None:
    table = RecordedTable()
    question = "Who has counted the floes below the old bridge this year?"
    table.guest(question)
    for text in (f"{question} {NEW}", f"{NEW} {question}"):
        reply = trimmed(Reply(text, ()), table.session, table.record, AINO)
        assert (reply.text == text) is text.startswith(question), "asked once more it is only repeated"


def test_marks_are_closed_that_lose_their_second_half() -> None:
    assert left(f"**{NEW} {ICE}**", ICE).text == f"**{NEW}**"
    assert left(f"||{NEW} {ICE}||", ICE).text == f"||{NEW}||"


def test_a_guard_that_is_turned_off_takes_nothing_out() -> None:
    text = f"{ICE} I am Ravi Menon."
    assert left(text, ICE, guards="agreement").text == text
    assert left(text, ICE, guards="others").text == ICE
    assert left(text, ICE, guards="repeat").text == "I am Ravi Menon."


@pytest.mark.parametrize(
    ("text", "flag", "is_fatal"),
    [
        (ICE, "repeated", False),
        ("I am Ravi Menon. I mend radios.", "spoke_as_other", True),
        (f"A retired ferryman who trusts the weather more than any forecast he reads. {NEW}", None, None),
        (f"{ICE} {NEW}", None, None),
        # Half of it was said before, and enough was not.
        (f"{ICE[:-1]}, and nobody below the old bridge has ever asked me why.", None, None),
        (f"{ICE[:-1]}, as I said.", "repeated", False),
        # Hardly a word is left.
        (f"Well. {ICE}", "repeated", False),
    ],
)
def test_what_is_left_is_judged(text: str, flag: str | None, is_fatal: bool | None) -> None:
    table = RecordedTable(cast=(*CAST, persona("Odd", "Odd Berg", prompt=CARD)))
    table.say("Ravi", ICE)
    reply = trimmed(Reply(text, ()), table.session, table.record, AINO)
    found = objection(reply, table.session, table.record, AINO, summary=False)
    assert (found and found.flag, found and found.is_fatal) == (flag, is_fatal)


def test_how_much_is_new() -> None:
    table = RecordedTable()
    table.say("Ravi", "The river froze early.")
    assert new_pairs("The river froze late.", table.record) == 1
    assert new_pairs("The river froze early.", table.record) == 0
    assert new_pairs("", table.record) == 0


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("これはペンです。" * 40, "これはペンです。"),
        ("我喜欢面包。" * 40, "我喜欢面包。"),
        ("ผมชอบขนมปัง" * 40, "ผมชอบขนมปัง"),
        ("ผมชอบขนมปัง " * 40, "ผมชอบขนมปัง"),
        ("すごいね" * 40, "すごいね"),
        ("मुझे रोटी पसंद है। " * 40, "मुझे रोटी पसंद है।"),
        ("나는 빵을 좋아한다. " * 40, "나는 빵을 좋아한다."),
        ("I like bread and " * 40, "I like bread and"),
        ("Well, then. " + "I like bread " * 40, "Well, then. I like bread"),
        ("Я люблю хлеб, " * 40 + "и чай.", "Я люблю хлеб, и чай."),
        # No loops: emphasis, laughter, a refrain with something new between its verses.
        ("No, no, no, no, no! I will not.", None),
        ("Ha ha ha ha ha ha! Very good.", None),
        ("We wait here. The ice is thin. We wait here. The night is long. We wait here. The boat is late.", None),
        ("10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130.", None),
    ],
)
def test_a_loop_is_said_once_in_any_script(raw: str, text: str | None) -> None:
    assert clean(raw, speaker=AINO, others=()).text.rstrip(", ") == (raw if text is None else text).rstrip(", ")


OPPOSITES = [
    ("私は在宅勤務に賛成です。時間が増えるからです。", "私は在宅勤務に反対です。同僚に会えないからです。"),
    ("我觉得这本书很好，因为它很短。", "我觉得这本书不好，因为它太短。"),
    ("ผมคิดว่าขนมปังนี้ดีมาก", "ผมคิดว่าขนมปังนี้ไม่ดีเลย"),
    ("저는 이 계획에 찬성합니다.", "저는 이 계획에 반대합니다."),
    ("मैं इस योजना के पक्ष में हूँ।", "मैं इस योजना के ख़िलाफ़ हूँ।"),
    ("நான் இந்த திட்டத்தை ஆதரிக்கிறேன்.", "நான் இந்த திட்டத்தை எதிர்க்கிறேன்."),
    ("I am for this plan.", "I am against this plan."),
]


@pytest.mark.parametrize(("earlier", "text"), OPPOSITES)
def test_the_opposite_in_the_same_words_is_no_copy(earlier: str, text: str) -> None:
    table = RecordedTable()
    table.say("Ravi", earlier)
    reply = trimmed(Reply(text, ()), table.session, table.record, AINO)
    assert reply == Reply(text, ())
    found = objection(reply, table.session, table.record, AINO, summary=False)
    assert found is None or found.flag == "wrong_script"
