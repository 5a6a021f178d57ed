"""Questions out of lists as people keep them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.library.question_lines import question_lines


def asked(text: str) -> list[str]:
    return [question.text for question in question_lines(text)]


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Who mends nets?\nWho sells fish?\n", ["Who mends nets?", "Who sells fish?"]),
        ("\ufeffWho mends nets?\r\n\r\n  Who sells fish?  \r\n", ["\ufeffWho mends nets?", "Who sells fish?"]),
        ("1. Who mends?\n2. Who sells?", ["Who mends?", "Who sells?"]),
        ("1) Who mends?\n2) Who sells?", ["Who mends?", "Who sells?"]),
        ("(1) Who mends?\n(2) Who sells?", ["Who mends?", "Who sells?"]),
        ("1.) Who mends?\n2.) Who sells?", ["Who mends?", "Who sells?"]),
        ("1: Who mends?\n2: Who sells?", ["Who mends?", "Who sells?"]),
        ("#1: Who mends?\n#2: Who sells?", ["Who mends?", "Who sells?"]),
        ("0. Who mends?\n1. Who sells?", ["Who mends?", "Who sells?"]),
        ("1. Who mends?\n1. Who sells?\n1. Who eats?", ["Who mends?", "Who sells?", "Who eats?"]),
        ("1. Who mends?\n   - And what?\n2. Who sells?", ["Who mends?", "And what?", "Who sells?"]),
        ("# Nets\n1. Who mends?\n2. Who pays?\n# Fish\n1. Who sells?", ["Who mends?", "Who pays?", "Who sells?"]),
        ("**1.** Who mends?\n**2.** Who sells?", ["Who mends?", "Who sells?"]),
        ("1. Who mends?", ["Who mends?"]),
        ("1\\. Who mends?\n2\\. Who sells?", ["Who mends?", "Who sells?"]),  # as Google Docs exports them
        ("1.Who mends?\n2.Who sells?", ["Who mends?", "Who sells?"]),
        ("1\tWho mends?\n2\tWho sells?", ["Who mends?", "Who sells?"]),
        ("1 - Who mends?\n2 – Who sells?", ["Who mends?", "Who sells?"]),
        ("1- Qui répare ?\n2- Qui vend ?", ["Qui répare ?", "Qui vend ?"]),
        ("1°) Qui répare ?\n2°) Qui vend ?", ["Qui répare ?", "Qui vend ?"]),
        ("1º ¿Quién vende?\n2.º ¿Quién come?", ["¿Quién vende?", "¿Quién come?"]),
        ("[1] Who mends?\n[2] Who sells?", ["Who mends?", "Who sells?"]),
        ("#1 Who mends?\n#2 Who sells?", ["Who mends?", "Who sells?"]),
        ("№1. Кто чинит?\n№2. Кто продаёт?", ["Кто чинит?", "Кто продаёт?"]),
        ("No. 1: Who mends?\nNo. 2: Who sells?", ["Who mends?", "Who sells?"]),
        ("Topic 1: Who mends?\nTopic 2: Who sells?", ["Who mends?", "Who sells?"]),
        ("1.1 Who mends?\n1.2 Who sells?\n2.1. Who eats?", ["Who mends?", "Who sells?", "Who eats?"]),
        ("**1. Who mends?**\n**2. Who sells?**", ["Who mends?", "Who sells?"]),
        ("### 1. Who mends?\n### 2. Who sells?", ["Who mends?", "Who sells?"]),
        ("## 1. Nets\n## 2. Fish", ["Nets", "Fish"]),
        ("1. Who mends?\n   1. What?\n   2. Why?\n2. Who sells?", ["Who mends?", "What?", "Why?", "Who sells?"]),
        ("1. [ ] Who mends?\n2. [x] Who sells?", ["Who mends?", "Who sells?"]),
        # letters and Roman numbers
        ("a) Who mends?\nb) Who sells?", ["Who mends?", "Who sells?"]),
        ("(A) Who mends?\n(B) Who sells?", ["Who mends?", "Who sells?"]),
        ("I. Who mends?\nII. Who sells?\nIII. What?\nIV. Why?", ["Who mends?", "Who sells?", "What?", "Why?"]),
        ("1. Who mends?\n   a. What?\n   b. Why?\n2. Who sells?", ["Who mends?", "What?", "Why?", "Who sells?"]),
        ("\n".join(f"{one}. Who {one}?" for one in "abcdefghij"), [f"Who {one}?" for one in "abcdefghij"]),
        ("а) Кто чинит?\nб) Кто продаёт?", ["Кто чинит?", "Кто продаёт?"]),
        ("α) Ποιος;\nβ) Πότε;", ["Ποιος;", "Πότε;"]),
        ("א. מי מתקן?\nב. מי מוכר?", ["מי מתקן?", "מי מוכר?"]),
        ("أ) من يصلح؟\nب) من يبيع؟", ["من يصلح؟", "من يبيع؟"]),
        ("क) कौन?\nख) कब?", ["कौन?", "कब?"]),
        ("ก. ใคร\nข. เมื่อไร", ["ใคร", "เมื่อไร"]),
        ("가. 누가?\n나. 언제?", ["누가?", "언제?"]),
        ("ア．誰が？\nイ．いつ？", ["誰が？", "いつ？"]),
        # numbers of other scripts
        ("١. من يصلح؟\n٢. من يبيع؟", ["من يصلح؟", "من يبيع؟"]),
        ("१. कौन बनाता है?\n२. कौन बेचता है?", ["कौन बनाता है?", "कौन बेचता है?"]),
        ("一、谁补网？\n二、谁卖鱼？\n三、谁吃？", ["谁补网？", "谁卖鱼？", "谁吃？"]),
        ("１．誰が直す？\n２．誰が売る？", ["誰が直す？", "誰が売る？"]),
        ("1、谁补网？\n2、谁卖鱼？", ["谁补网？", "谁卖鱼？"]),
        ("1.谁补网？\n2.谁卖鱼？", ["谁补网？", "谁卖鱼？"]),
        ("（一）谁补网？\n（二）谁卖鱼？", ["谁补网？", "谁卖鱼？"]),
        ("１- 誰が直す？\n２- 誰が売る？", ["誰が直す？", "誰が売る？"]),
        ("۱- چه کسی؟\n۲- کی؟", ["چه کسی؟", "کی؟"]),
        ("๑. ใคร\n๒. เมื่อไร", ["ใคร", "เมื่อไร"]),
        ("①誰が直す？\n② 誰が売る？", ["誰が直す？", "誰が売る？"]),
        ("1️⃣ Who mends?\n2️⃣ Who sells?", ["Who mends?", "Who sells?"]),
        # bullets, boxes, labels
        ("- Who mends?\n* Who sells?\n+ Who eats?", ["Who mends?", "Who sells?", "Who eats?"]),
        ("• Who pays?\n– Who asks?\n→ Who eats?", ["Who pays?", "Who asks?", "Who eats?"]),
        ("- [ ] Who mends?\n- [x] Who sells?\n[ ] Who eats?", ["Who mends?", "Who sells?", "Who eats?"]),
        ("☐ Who pays?\n-[ ] Who asks?\n✅ Who eats?", ["Who pays?", "Who asks?", "Who eats?"]),
        ("Q1: Who mends?\nQ2: Who sells?\nQ: Who eats?", ["Who mends?", "Who sells?", "Who eats?"]),
        ("Question 1. Who mends?\nQuestion 2 – Who sells?", ["Who mends?", "Who sells?"]),
        ("Frage 1: Wer flickt?\nВопрос 2: Кто продаёт?", ["Wer flickt?", "Кто продаёт?"]),
        ("問題3：誰が食べる？\n질문 4: 누가?", ["誰が食べる？", "누가?"]),
        ("- **Q1:** Who mends?", ["Who mends?"]),
        ("Q.1 Who mends?\nQ.2 Who sells?", ["Who mends?", "Who sells?"]),
        ("问题一：谁补网？\n问题二：谁卖鱼？", ["谁补网？", "谁卖鱼？"]),
        ("第一問：誰が直す？\n第二問：誰が売る？", ["誰が直す？", "誰が売る？"]),
        ("Question 1:\nWho mends?\nQuestion 2:\nWho sells?", ["Who mends?", "Who sells?"]),
        ("**Frage 1**\n\nWer flickt?\n\n**Frage 2**\n\nWer kocht?", ["Wer flickt?", "Wer kocht?"]),
        ("・誰が直す？\n･誰が売る？", ["誰が直す？", "誰が売る？"]),
        ("\uf0b7\tWho mends?\no\tAnd what?", ["Who mends?", "And what?"]),  # Word's bullets
        ("🔹 Who mends?\n▪️ Who sells?", ["Who mends?", "Who sells?"]),
        ("> 1. Who mends?\n> 2. Who sells?", ["Who mends?", "Who sells?"]),
        ("> > Who mends?", ["Who mends?"]),
        # what is around a list
        ("Here is what I would ask:\n\n1. Who mends?\n2. Who sells?", ["Who mends?", "Who sells?"]),
        ("Questions:\nWho mends?\nWho sells?", ["Who mends?", "Who sells?"]),
        ("Who?\nOn fish:\n- Who sells?", ["Who?", "Who sells?"]),
        ("---\ntitle: Nets\ntags:\n  - fish\n\n---\n- Who mends?", ["Who mends?"]),
        ("---\nWho mends?\n---\nNets: who sells?\n---", ["Who mends?", "Nets: who sells?"]),
        ("Who mends?\n%% ask Wanda %%\nWho sells?\n\x1a", ["Who mends?", "Who sells?"]),
        # items that go on
        ("1. Who mends and\n   who sells fish?\n2. Who eats?", ["Who mends and who sells fish?", "Who eats?"]),
        ("- Who mends?\n  Who sells?", ["Who mends?", "Who sells?"]),
        ("# Nets\n  Who mends?", ["Who mends?"]),
        # headings, rules, comments, type
        ("# Questions\n\nWho mends?", ["Who mends?"]),
        ("Questions\n=========\n\nWho mends?", ["Who mends?"]),
        ("Questions\n---------\n\nWho mends?", ["Who mends?"]),
        ("## Who mends? ##\n## Who sells?", ["Who mends?", "Who sells?"]),
        ("# Nets\n# Fish", ["Nets", "Fish"]),
        ("Mending nets\n---\nSelling fish\n***\nEating", ["Mending nets", "Selling fish", "Eating"]),
        ("<!-- a draft,\nnot read -->\nWho mends?", ["Who mends?"]),
        ("==Who mends?==", ["Who mends?"]),
        ("**Who mends?**\n*Who sells?*\n__Who eats?__", ["Who mends?", "Who sells?", "Who eats?"]),
        ("Who mends?  \nWho sells?\\\n", ["Who mends?", "Who sells?"]),
    ],
)  # fmt: skip
def test_questions_without_the_marks_of_their_list(text: str, questions: list[str]) -> None:
    assert asked(text) == questions


@pytest.mark.parametrize(
    "question",
    [
        "2031 will be a good year?",
        "4D printing: who needs it?",
        "1066 - still taught?",
        "1066: still taught?",
        "3.5 degrees more: what then?",
        "2. Weltkrieg: was lernen Kinder?",
        "20. Jahrhundert: zu Ende?",
        "10 nets or one boat?",
        "5% for nets?",
        "-5 °C: too cold for fish?",
        "*Who* mends nets?",
        "*Who* mends, and *why*?",
        "**Nets** or **lines**?",
        "C# or Java?",
        "#1 priority: nets?",
        "D-day: was it needed?",
        "Q-tips in the sea: whose fault?",
        "e.g. nets?",
        "A. Brandt: right or wrong?",
        "I. Kant: still read?",
        "五月一日、何をする？",
        "十分ですか？",
        "[draft] Who mends?",
        "...and who eats?",
        "“Who mends?” – what does that mean?",
        "@everyone: who mends?",
    ],
)
def test_a_question_that_begins_like_a_list_stays_whole(question: str) -> None:
    assert asked(question) == [question]
    assert asked(f"Who mends?\n{question}\nWho sells?") == ["Who mends?", question, "Who sells?"]
    assert asked(f"- {question}\n- Who sells?") == [question, "Who sells?"]


def test_a_number_that_counts_no_lines_is_part_of_its_question() -> None:
    assert asked("1. Mai: ein Feiertag?\nWas sonst?") == ["1. Mai: ein Feiertag?", "Was sonst?"]
    assert asked("1984 - still read?\n1985 - too?") == ["1984 - still read?", "1985 - too?"]
    assert asked("1 loaf or two?\n2 loaves or three?") == ["1 loaf or two?", "2 loaves or three?"]
    assert asked("1.5 degrees: too much?\n1.6 degrees: too much?")[0] == "1.5 degrees: too much?"
    assert asked("A. Brandt: right?\nA. Meyer: wrong?\nB. Otto: who?")[0] == "A. Brandt: right?"
    assert asked("3. Wahl: gut genug?\n7. Sinn: Unsinn?") == ["3. Wahl: gut genug?", "7. Sinn: Unsinn?"]


def test_lines_are_counted_as_the_file_has_them() -> None:
    text = "# Nets\n\n1. Who\n   mends?\n<!-- a\nb -->\n2. What?\n"
    assert [question.line for question in question_lines(text)] == [3, 7]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="12.)( -*#[]xiab一二、①١?\n\tWа:Q=_<!>%", max_size=60))
@example("1%%%%1")
def test_any_text_is_read(text: str) -> None:
    found = question_lines(text)
    lines = text.splitlines()
    for question in found:
        assert question.text.strip()
        first, *_ = question.text.split()
        # In this order, but perhaps not side by side: a comment may stand between them.
        there = iter(lines[question.line - 1])
        assert all(sign in there for sign in first)


@pytest.mark.parametrize("sign", ["1", "[1", "1.1", "**1", "- ", "> ", "==", "%%", "a) ", "---\n", "---\n \n", "a:\n"])
def test_a_long_line_of_signs_takes_no_longer_than_a_question(sign: str) -> None:
    assert len(question_lines("---\n" + sign * (50_000 // len(sign)))) <= 25_000
