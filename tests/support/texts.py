"""Texts to try whatever reads, cuts or compares texts with: prose in many scripts, formatting, code, marks of Discord.

Strategies for hypothesis; what people see of each part of them is told by their docstrings.
"""

import unicodedata
from typing import Final

from hypothesis import strategies as st

# Three sentences in each of them, with the marks and spaces that belong there.
SCRIPTS: Final = {
    "latin": "The oven is warm, at last. Who brought the salt? Nobody, I fear!",
    "vietnamese": "Lò nướng đã nóng rồi. Ai mang muối đến? Không ai cả!",
    "cyrillic": "Печь уже тёплая, наконец. Кто принёс соль? Боюсь, никто!",
    "greek": "Ο φούρνος είναι ζεστός, επιτέλους. Ποιος έφερε αλάτι; Κανείς, φοβάμαι!",
    "arabic": "الفرن دافئ، أخيرًا. من أحضر الملح؟ لا أحد!",
    "hebrew": "התנור חם, סוף סוף. מי הביא מלח? אף אחד!",
    "devanagari": "भट्ठी गर्म है, आख़िरकार। नमक कौन लाया? किसी ने नहीं!",
    "tamil": "அடுப்பு சூடாக இருக்கிறது. உப்பு யார் கொண்டு வந்தது? யாரும் இல்லை!",
    "thai": "เตาอบอุ่นแล้วในที่สุด ใครเอาเกลือมาบ้าง ไม่มีใครเลย",
    "chinese": "烤炉终于热了，很好。谁带了盐来？没有人！",
    "japanese": "オーブンがやっと温まりました。塩を持ってきたのは誰ですか？誰もいません！",
    "korean": "오븐이 드디어 따뜻해졌어요. 누가 소금을 가져왔나요? 아무도 없어요!",
    "jamo": unicodedata.normalize("NFD", "오븐이 따뜻해요. 소금은 어디에 있나요?"),
    "emoji": "👨‍👩‍👧‍👦🏽 🇫🇮🇵🇱 🧑🏿‍🍳 1️⃣ ❤️‍🔥 e\u0301a\u0308. 🏴󠁧󠁢󠁥󠁮󠁧󠁿!",
}
# What a reader takes for one thing and no prose.
MARKS: Final = (
    "<:bread:123456789012345678>",
    "<a:oven_2:123456789012345678>",
    "<@123456789012345678>",
    "<@&123456789012345678>",
    "<#123456789012345678>",
    "<t:1700000000:R>",
    "</roundtable start:123456789012345678>",
    "https://example.org/bread_and_salt?with=*butter*&or=__jam__",
    "<https://example.org/~baker>",
    "[the recipe](https://example.org/a_b)",
    '[the [old] recipe](<https://example.org/a_b> "of 1931, (a copy)")',
    "~/bread/_rye_.txt",
    ":bread_and_salt:",
    "baker@example.org",
    "`oven = *hot* || cold`",
)
# What looks like formatting and is none.
NO_MARKS: Final = (
    "2 * 3 * 4",
    "snake_case_name",
    r"\*escaped\*",
    r"\_\_too\_\_",
    "a ** b",
    "3 < 4 > 2",
    "*****",
    "¯\\_(ツ)_/¯",
)

# Lines of code with all that would be formatting elsewhere.
CODE: Final = (
    *("x = 1", "    return **y**", "", "\tif a || b:  ", "> not a quote", "# no heading", "- no item", "塩 = '🧂'"),
)

scripts = st.sampled_from(list(SCRIPTS.values()))
prose = st.lists(scripts, min_size=1, max_size=12).map(" ".join)
code = st.lists(st.sampled_from(CODE), min_size=1, max_size=40).map("\n".join).filter(str.strip)


def fenced(lines: str, language: str = "py") -> str:
    """A fence around code."""
    return f"```{language}\n{lines}\n```"


def emphasised(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Text within a pair of marks; no mark within another of its kind."""
    return st.builds(lambda mark, text: f"{mark}{text}{mark}", st.sampled_from(["**", "*", "__", "~~", "||"]), inside)


plain = st.one_of(scripts, st.sampled_from(MARKS), st.sampled_from(NO_MARKS))
paragraphs = st.lists(st.one_of(plain, emphasised(prose)), min_size=1, max_size=8).map(" ".join)
blocks = st.one_of(
    paragraphs,
    paragraphs.map(lambda text: f"> {text}"),
    paragraphs.map(lambda text: f"-# {text}"),
    paragraphs.map(lambda text: f"- {text}\n  - {text}"),
    code.map(fenced),
)
# Whole turns, as a persona might write them.
turns = st.lists(blocks, min_size=1, max_size=6).map("\n\n".join)
# Anything made of the marks that a reader of texts looks at.
rubble = st.text(alphabet="ab1 `*_~|<>:@#&/()[]\\\n.-é漢\u0301🙂\u200d", max_size=200)
