"""What is made of a server's count of a prompt's tokens: believed where it can be, and never too much of it."""

import pytest

from bot.llm.completion import Completion
from bot.llm.model_profile import ModelProfile
from bot.llm.silent_cut import SilentCut
from bot.llm.token_ratio import measured_ratio, most_ratio, usual_ratio

ENGLISH = "A town that lends ladders needs fewer ladders, and more people who know each other. " * 20
JAPANESE = "道具を貸し出す町では、梯子を買う人が少なくなるでしょう。" * 20
RUSSIAN = "Город, который одалживает лестницы, нуждается в них меньше. " * 20


def test_what_is_usual_depends_on_the_script() -> None:
    assert usual_ratio("") == usual_ratio(ENGLISH) == 3.5
    assert usual_ratio(JAPANESE) == pytest.approx(0.9, abs=0.1)
    assert 1.5 < usual_ratio(RUSSIAN) < 2.5
    assert usual_ratio(JAPANESE) < usual_ratio(ENGLISH + JAPANESE) < usual_ratio(ENGLISH)
    assert all(usual_ratio(text) < most_ratio(text) for text in (ENGLISH, JAPANESE, RUSSIAN))


@pytest.mark.parametrize(
    ("text", "ratio", "believed"),
    [
        (ENGLISH, 4.4, True),
        (ENGLISH, 1.0, True),  # a model that reads bytes
        (ENGLISH, 33.0, False),
        (ENGLISH, 135.0, False),
        (JAPANESE, 1.4, True),
        (JAPANESE, 0.4, True),
        (JAPANESE, 4.0, False),
        (RUSSIAN, 3.0, True),
        (RUSSIAN, 0.1, False),
    ],
)
def test_a_count_that_can_not_be_of_all_of_it_is_not_believed(text: str, ratio: float, believed: bool) -> None:
    found = measured_ratio(text, round(len(text) / ratio), None, lowest=None)
    assert found == (pytest.approx(ratio, rel=0.05) if believed else None)


def test_what_was_cached_is_added_where_it_was_left_out() -> None:
    tokens = len(ENGLISH) // 4
    assert measured_ratio(ENGLISH, tokens, tokens - 10, lowest=None) == pytest.approx(4.0, rel=0.01)
    assert measured_ratio(ENGLISH, 10, tokens - 10, lowest=None) == pytest.approx(4.0, rel=0.01)


def test_a_count_that_leaves_out_half_is_told_by_what_was_counted_before() -> None:
    assert measured_ratio(ENGLISH, len(ENGLISH) // 6, None, lowest=None) == pytest.approx(6.0, rel=0.01)
    assert measured_ratio(ENGLISH, len(ENGLISH) // 6, None, lowest=3.8) is None
    assert measured_ratio(ENGLISH, int(len(ENGLISH) / 4.5), None, lowest=3.8) == pytest.approx(4.5, rel=0.01)


def answered(profile: ModelProfile, prompt: str, tokens: int) -> None:
    profile.learn_answer(prompt, Completion("x", "stop", tokens, None, 1, 0.0))


def test_a_guess_is_made_of_the_prompt_until_it_is_measured() -> None:
    profile = ModelProfile("m", context=None, reasoning_tokens=0)
    assert profile.ratio_for(JAPANESE) < 1 < 3 < profile.ratio_for(ENGLISH)
    answered(profile, ENGLISH, len(ENGLISH) // 4)
    assert profile.ratio_for(ENGLISH) == pytest.approx(4.0, rel=0.01)
    answered(profile, ENGLISH * 2, 40)
    assert profile.ratio_for(ENGLISH) == pytest.approx(4.0, rel=0.01), "as before"


def looks(cut: SilentCut, *counts: tuple[int, int]) -> list[bool]:
    return [cut.look("p" * chars, tokens, most_ratio=7.0) for chars, tokens in counts]


@pytest.mark.parametrize(
    "counts",
    [
        [(8000, 2000), (12000, 3000), (16000, 4000), (17000, 4096), (18100, 4096)],
        [(8000, 2000), (15900, 3975), (17000, 4095), (18200, 4094)],
        [(12000, 3000), (40_000, 4096)],
        [(40_000, 2046)],
        [(3000, 800), (3400, 800), (3800, 800)],
    ],
    ids=["grows, then stands", "but for what a template takes", "far too few", "from the start", "never grew"],
)
def test_a_server_that_cuts_prompts_is_seen_to(counts: list[tuple[int, int]]) -> None:
    cut = SilentCut()
    assert looks(cut, *counts) == [*[False] * (len(counts) - 1), True]
    assert cut.window is not None
    assert 0 <= max(tokens for _, tokens in counts) - cut.window <= 1
    assert not cut.look("p" * 200_000, cut.window, most_ratio=7.0), "told once"


@pytest.mark.parametrize(
    "counts",
    [
        [(n * 400, n * 100) for n in range(10, 60)],  # counts all
        [(n * 400, 90 + n % 7) for n in range(10, 60)],  # counts what is new
        [(20_000, 5000), (9000, 2250), (9300, 2325)],  # compacted
        [(4000, 1000), (4100, 1000), (4050, 1000)],  # hardly grows
    ],
    ids=["counts all", "counts what is new", "compacted", "the same again"],
)
def test_one_that_does_not_is_not(counts: list[tuple[int, int]]) -> None:
    cut = SilentCut()
    assert not any(looks(cut, *counts))
    assert cut.window is None


def test_tables_in_languages_with_other_ratios_are_not_taken_for_one() -> None:
    cut = SilentCut()
    for turn in range(40):
        tokens = 900 + 50 * turn
        assert not cut.look("English" + "p" * tokens * 4, tokens, most_ratio=7.0)
        assert not cut.look("German" + "p" * tokens * 5, tokens, most_ratio=7.0)
