"""Marks of chat templates and of reasoning in a reply: what a server lets through of them is not said."""

import pytest

from bot.discussion.replies.reasoning import is_unopened, without_reasoning
from bot.discussion.replies.reply import clean
from tests.support.recorded_table import AINO, CAST

SAID = "Ice is ice."
HARMONY = "<|channel|>analysis<|message|>The user wants ice.<|end|><|start|>assistant<|channel|>final<|message|>"


def said(raw: str, finish_reason: str = "stop") -> str:
    return clean(raw, speaker=AINO, others=CAST[1:], finish_reason=finish_reason).text


@pytest.mark.parametrize(
    "mark",
    [
        "<|eot_id|>",
        "<|eom_id|>",
        "<|im_end|>",
        "<|end_of_text|>",
        "<|endoftext|>",
        "<|end|>",
        "<|return|>",
        "<|user|>",
        "<|END_OF_TURN_TOKEN|>",
        "<|END_RESPONSE|>",
        "<|end_of_role|>",
        "<|endofturn|>",
        "<｜end▁of▁sentence｜>",
        "<｜User｜>",
        "</s>",
        "<s>",
        "<eos>",
        "<end_of_turn>",
        "<start_of_turn>user",
        "<turn|>",
        "<|turn>user",
        "[INST]",
        "[/INST]",
        "<<SYS>>",
        "[e~[",
        "\n### User:",
        "\n### Instruction:\nTell me",
        "\n###",
        "assistant\n\nIce",
        "<|start_header_id|>user<|end_header_id|>",
    ],
)
def test_a_reply_ends_where_its_message_does(mark: str) -> None:
    assert said(f"{SAID}{mark}") == SAID
    assert said(f"{SAID}{mark}\nWhat about cats?\nCats are fine.") == SAID


@pytest.mark.parametrize(
    "mark",
    [
        "<|im_start|>assistant\n",
        "<|im_start|>",
        "<|im_start|>Aino\n",
        "<|begin_of_text|><|start_header_id|>assistant<|end_header_id|>\n\n",
        "<start_of_turn>model\n",
        "<|turn>model\n",
        "<|start_of_role|>assistant<|end_of_role|>",
        "<|assistant|>\n",
        "<｜Assistant｜>",
        "<|CHATBOT_TOKEN|>",
        "<|START_RESPONSE|>",
        "<s>",
        "<s> [/INST] ",
        "[/INST] ",
        "assistant\n\n",
        "### Response:\n",
        "Assistant: ",
        "<|start|>assistant<|channel|>final<|message|>",
        "<answer>\n",
    ],
)
def test_marks_that_begin_a_message_go(mark: str) -> None:
    assert said(f"{mark}{SAID}") == SAID


@pytest.mark.parametrize("mark", ["<|im_start|>user\n", "<|im_start|>Ravi\n", "<|user|>\n", "<start_of_turn>user\n"])
def test_a_message_of_somebody_else_is_theirs(mark: str) -> None:
    assert said(f"{mark}What is ice?") == ""


@pytest.mark.parametrize(
    "text",
    [
        "I type `<|im_end|>` and wait.",
        "See:\n```\n<|eot_id|>\n```\nThere.",
        "It is <s>warm</s> cold.",
        "Is 3 < 4 | 5 > 2?",
        "Hidden: ||a < b||, c > d.",
        "<3 you all!",
        "The assistant\nwas kind.",
        "I use the `<think>` tag.",
        "The word [think] is mine.",
        "Here is my response to Ravi: no.",
        "analysis of ice takes long.",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    assert said(text) == text


THOUGHTS = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("<seed:think>", "</seed:think>"),
    ("<longcat_think>", "</longcat_think>"),
    ("<mm:think>", "</mm:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>\n<|begin_of_solution|>"),
    ("<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("<|think:start|>", "<|think:end|>"),
    ("<unused94>thought\n", "<unused95>"),
    ("[unused16]", "[unused17]"),
    ("<|channel>thought\n", "<channel|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("<|channel|>analysis to=x<|message|>", "<|channel|>final <|constrain|>text<|message|>"),
    ("analysis", "assistantfinal"),
    ("Here is my thought process:\n", "Here is my response:\n"),
    ("Here's my thought process: ", "Here's my response: "),
    ("**Here is my thought process:**\n", "**Here is my response:**\n"),
]
THOUGHT = "We need ice. Ravi: no?\n\n```\nhalf a fence"


@pytest.mark.parametrize(("begins", "ends"), THOUGHTS)
def test_thoughts_are_not_said(begins: str, ends: str) -> None:
    assert said(f"{begins}{THOUGHT}{ends}{SAID}") == SAID
    assert said(f"{begins}{THOUGHT}{ends}\n\n{SAID}<|return|>") == SAID
    assert said(f"{begins}{THOUGHT}") == "", "it never ended"
    assert said(f"{begins}{THOUGHT}", "length") == ""


@pytest.mark.parametrize(("begins", "ends"), [t for t in THOUGHTS if t[0] not in ("analysis",) and "Here" not in t[0]])
def test_thoughts_that_the_template_begins_or_a_word_before_them(begins: str, ends: str) -> None:
    assert said(f"{THOUGHT}{ends}{SAID}") == SAID
    assert said(f"Aino: {begins}{THOUGHT}{ends}{SAID}") == SAID


def test_two_thoughts_and_what_was_said_between_them() -> None:
    assert said(f"{HARMONY}Ice ") == "Ice"
    assert without_reasoning("<think>a</think>Ice <thought>b</thought>is ice.") == "Ice is ice."
    assert said(f"<|channel|>commentary<|message|>Hm.<|end|>{HARMONY}{SAID}") == SAID


@pytest.mark.parametrize(
    ("text", "unopened"),
    [
        ("Hm.</think>Ice.", True),
        ("Hm.<|END_THINKING|>Ice.", True),
        ("<think>Hm.</think>Ice.", False),
        ("<|channel|>final<|message|>Ice.", False),
        ("I close `</think>` last.", False),
        ("Ice.", False),
    ],
)
def test_whether_the_template_begins_the_thought(text: str, unopened: bool) -> None:
    assert is_unopened(text) is unopened
