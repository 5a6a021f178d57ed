"""Which writings of a name are one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.text.folding import FoldedText, bare, fold_name, spellings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O'Hara", "O’Hara"),
        ("O'Hara", "O`Hara"),
        ("O'Hara", "O´Hara"),
        ("O'Hara", "OʼHara"),
        ("Anne-Sophie", "Anne‑Sophie"),
        ("Anne-Sophie", "Anne–Sophie"),
        ("Anne-Sophie", "Anne－Sophie"),
        ("Chief_Baker", r"Chief\_Baker"),
        ("Kim of Kent", r"Kim \*of\* Kent"),
        ("Lena", "**Lena**"),
        ("Lena", "__Lena__"),
        ("Lena", "~~Lena~~"),
        ("Lena", "[Lena]"),
        ("Lena", "“Lena”"),
        ("Lena", "@Lena"),
        ("Lena", "🦊 Lena 🦊"),
        ("Lena", "★Lena★"),
        ("Lena", "Le\u200bna"),
        ("Lena", "\u202eLena\u202c"),
        ("Lena", "Ｌｅｎａ"),
        ("Lena", "𝕷𝖊𝖓𝖆"),
        ("Lena Holm", "Lena\u00a0 Holm"),
        ("Dr Holm", "Dr. Holm"),
        ("José", "Jose\u0301"),
        ("İpek", "ipek"),
        ("Işıl", "IŞIL"),
        ("Strauß", "STRAUSS"),
        ("Ælfred", "Aelfred"),
        ("ΓΙΏΡΓΟΣ", "Γιώργος"),
        ("А́нна", "Анна"),
        ("リン", "ﾘﾝ"),
        ("지민", "\u110c\u1175\u1106\u1175\u11ab"),
        ("👩\u200d🍳 Lena", "Lena"),
    ],
)
def test_two_writings_of_one_name(one: str, other: str):
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("xX_Lena_Xx", "Lena"),
        ("C++", "C"),
        ("C#", "C++"),
        ("José", "Jose"),
        ("Zoe (guest)", "Zoe"),
        ("🦊", "🐻"),
        ("देव", "दव"),
        ("が", "か"),
        ("!!!", "???"),
        ("- Lena", "Lena"),
    ],
)
def test_two_names(one: str, other: str):
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("José", {"josé", "jose"}),
        ("Müller", {"müller", "muller", "mueller"}),
        ("Søren", {"søren", "soren", "soeren"}),
        ("Łukasz", {"łukasz", "lukasz"}),
        ("Đặng", {"đặng", "dang"}),
        ("Åse", {"åse", "ase", "aase"}),
        ("O'Hara", {"o'hara", "o hara", "ohara", "o-hara"}),
        ("Anne-Sophie", {"anne-sophie", "anne sophie", "annesophie"}),
        ("Anne Sophie", {"anne sophie", "anne-sophie", "annesophie"}),
        ("Chief_Baker", {"chief_baker", "chief baker", "chiefbaker", "chief-baker"}),
        ("J. R. Holm", {"j r holm"}),
        ("فاطمة", {"فاطمة", "فاطمه"}),
        ("علی", {"علي"}),
        ("Алёна", {"алёна", "алена"}),
        ("Νίκος", {"νίκοσ", "νικοσ"}),
        ("が", {"が"}),
        ("देवी", {"देवी"}),
    ],
)
def test_a_name_without_its_accents(name: str, written: set[str]):
    assert set(spellings(fold_name(name))) == written


@given(st.text(max_size=60))
def test_every_folded_character_comes_from_somewhere(text: str):
    folded = FoldedText.of(text)
    assert len(folded.starts) == len(folded.folded) + 1
    assert list(folded.starts) == sorted(folded.starts)
    assert len(bare(folded.folded)) == len(folded.folded)
    for at in range(len(folded.folded)):
        start, end = folded.source(at, at + 1)
        assert 0 <= start < end <= len(text)


@given(st.text(max_size=30))
def test_a_folded_name_stays_what_it_is(name: str):
    assert fold_name(fold_name(name)) == fold_name(name)
