"""Questions out of lists as people keep them."""

import pytest
from hypothesis import given, settings
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
        # numbers of other scripts
        ("١. من يصلح؟\n٢. من يبيع؟", ["من يصلح؟", "من يبيع؟"]),
        ("१. कौन बनाता है?\n२. कौन बेचता है?", ["कौन बनाता है?", "कौन बेचता है?"]),
        ("一、谁补网？\n二、谁卖鱼？\n三、谁吃？", ["谁补网？", "谁卖鱼？", "谁吃？"]),
        ("１．誰が直す？\n２．誰が売る？", ["誰が直す？", "誰が売る？"]),
        ("1、谁补网？\n2、谁卖鱼？", ["谁补网？", "谁卖鱼？"]),
        ("1.谁补网？\n2.谁卖鱼？", ["谁补网？", "谁卖鱼？"]),
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
        # headings, rules, comments, type
        ("# Questions\n\nWho mends?", ["Who mends?"]),
        ("Questions\n=========\n\nWho mends?", ["Who mends?"]),
        ("Questions\n---------\n\nWho mends?", ["Who mends?"]),
        ("## Who mends? ##\n## Who sells?", ["Who mends?", "Who sells?"]),
        ("# Nets\n# Fish", ["Nets", "Fish"]),
        ("Mending nets\n---\nSelling fish\n***\nEating", ["Mending nets", "Selling fish", "Eating"]),
        ("<!-- a draft,\nnot read -->\nWho mends?", ["Who mends?"]),
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
    assert asked("3. Wahl: gut genug?\n7. Sinn: Unsinn?") == ["3. Wahl: gut genug?", "7. Sinn: Unsinn?"]


def test_lines_are_counted_as_the_file_has_them() -> None:
    assert [question.line for question in question_lines("# Nets\n\n1. Who?\n<!-- a\nb -->\n2. What?\n")] == [3, 6]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="12.)( -*#[]x一二、①١?\nWa:Q=_<!>", max_size=60))
def test_any_text_is_read(text: str) -> None:
    found = question_lines(text)
    lines = text.splitlines()
    for question in found:
        assert question.text.strip()
        assert question.text in lines[question.line - 1]
