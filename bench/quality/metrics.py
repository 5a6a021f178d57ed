"""Measures of what was said in a discussion, each a pure function of its personas' turns."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from bench.quality.transcripts import Said, Transcript
from bot.discussion.model.name_forms import name_forms
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.prompts.prompt import AGAIN, LAST_TURN, OPENING, WRAP_UP
from bot.discussion.text import segmentation
from bot.discussion.text.agreement import only_agrees
from bot.discussion.text.folding import fold
from bot.discussion.text.segmentation import words
from bot.discussion.text.text_metrics import Gram, grams, novelty

# So much of a turn's 3-grams must stand in the prompt's frame for the turn to be a recital of it.
RECITAL: Final = 0.5
# A sentence of fewer words ("I see your point") may come back.
SENTENCE: Final = 4
# Where the rules name no limit: the shipped tasks' and the default rules' own.
SENTENCES: Final = 3
# What stands in for a count of zero: Chen and Cherry 2014, smoothing method 1, as the authors of self-BLEU use it.
_EPSILON: Final = 0.1

_NUMBERS: Final = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_LIMIT: Final = re.compile(rf"(?:at most|no more than|up to) ({'|'.join(_NUMBERS)}|\d+) sentences?", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(
    r"(?<!\b[A-Z])(?<!\b[DM]r)(?<!\bM[rs]s)(?<!\bMs)(?<!\bProf)[.!?…]+[\"'”’»)\]*_]*(?=\s|$)"
)
_NOT_A_PERSON: Final = re.compile(
    r"\bas an ai\b|\b(?:ai|large) language model\b|\bai assistant\b|</?(?:think|thinking|reasoning)>"
    r"|\ba note from the moderator\b|\bcharacter card\b|<\|\w+\|>|\[/?INST\]",
    re.IGNORECASE,
)


def distinct(texts: Sequence[str], n: int = 2) -> float:
    """Distinct word n-grams over all of them (Li et al. 2016, "A Diversity-Promoting Objective Function")."""
    found = [gram for text in texts for gram in _runners(words(text), n)]
    return _share(len(set(found)), len(found))


def repetition(texts: Sequence[str], n: int = 4) -> float:
    """Of the word n-grams of all texts but the first: the share that stands in an earlier text."""
    seen: set[Gram] = set()
    again = total = 0
    for position, text in enumerate(texts):
        found = list(_runners(words(text), n))
        if position:
            again += sum(gram in seen for gram in found)
            total += len(found)
        seen.update(found)
    return _share(again, total)


def repeats(texts: Sequence[str]) -> float:
    """The share of the texts with a sentence, of four words or more, that stands in an earlier text."""
    seen: set[Gram] = set()
    again = 0
    for text in texts:
        said = {found for sentence in segmentation.sentences(text) if len(found := tuple(words(sentence))) >= SENTENCE}
        again += not said.isdisjoint(seen)
        seen |= said
    return _share(again, len(texts))


def self_bleu(texts: Sequence[str], n: int = 4) -> float | None:
    """Mean BLEU-n of each text against all others (Zhu et al. 2018, "Texygen"); 1.0: all alike, None: one text."""
    split = [found for text in texts if (found := words(text))]
    if len(split) < 2:
        return None
    counted = [[Counter(_runners(one, size)) for size in range(1, n + 1)] for one in split]
    return sum(_bleu(i, split, counted) for i in range(len(split))) / len(split)


def entropy(speakers: Sequence[str], table: int) -> float:
    """Shannon's entropy of who spoke, over that of `table` personas who speak equally often; 1.0: all do."""
    if table < 2 or not speakers:
        return 1.0
    shares = [count / len(speakers) for count in Counter(speakers).values()]
    return sum(-share * math.log(share) for share in shares) / math.log(table)


def gini(counts: Sequence[int]) -> float:
    """Gini's coefficient of the counts: 0.0 if all are equal, (n - 1) / n if one has everything."""
    total, n = sum(counts), len(counts)
    ranked = sum(rank * count for rank, count in enumerate(sorted(counts), 1))
    return 2 * ranked / (n * total) - (n + 1) / n if total else 0.0


def immediate_repeats(speakers: Sequence[str]) -> float:
    """Of all turns but the first: the share by whoever spoke just before."""
    pairs = list(pairwise(speakers))
    return _share(sum(a == b for a, b in pairs), len(pairs))


def back_and_forth(speakers: Sequence[str]) -> float:
    """Of all turns but the first two: the share by whoever spoke last but one, with another in between (A-B-A)."""
    triples = list(zip(speakers, speakers[1:], speakers[2:], strict=False))
    return _share(sum(a == c != b for a, b, c in triples), len(triples))


def answered(turns: Sequence[Said]) -> float | None:
    """Of the turns that address another and are not the last: the share after which that one speaks; None if none."""
    pairs = [(one, after) for one, after in pairwise(turns) if one.addressed not in (None, one.speaker)]
    return _share(sum(after.speaker == one.addressed for one, after in pairs), len(pairs)) if pairs else None


def tags_of(text: str, cast: Iterable[Persona]) -> set[str]:
    """Whose name tag ("Aino:", "**Professor Virtanen**:", "[Aino]") begins a line or a sentence of the text."""
    found: set[str] = set()
    folded = fold(text)
    owners = {form: p.name for p in cast for form in name_forms(p)} | {fold(MODERATOR): MODERATOR}
    forms = "|".join(re.escape(form) for form in sorted(owners, key=len, reverse=True))
    tag = rf"(?:^|(?<=[.!?…\"”])[^\S\n])[\s*_#<>`\"“]*(?:\[({forms})\]|({forms})(?:\s*\([^()\n]*\))?[*_`]*\s?[:：])"
    for match in re.finditer(tag, folded, re.MULTILINE):
        found.add(owners[match[1] or match[2]])
    return found


def leaks(text: str) -> bool:
    """Whether it speaks as an AI, or shows reasoning, the moderator's note or a template's marks."""
    return _NOT_A_PERSON.search(text) is not None


def recited(text: str, frame: set[Gram]) -> float:
    """The share of a text's word 3-grams that stand in the frame's."""
    own = grams(text, 3)
    return _share(len(own & frame), len(own))


def frame_of(texts: Iterable[str]) -> set[Gram]:
    """The word 3-grams of what stood in the prompts but was said by nobody, the moderator's own words among them."""
    return set[Gram]().union(*(grams(text, 3) for text in (*texts, OPENING, WRAP_UP, LAST_TURN, AGAIN)))


def sentences(text: str) -> int:
    """How many sentences a text has; what follows the last full stop counts as one."""
    parts = re.split(r"\n+", _SENTENCE_END.sub("\n", text))
    return sum(any(c.isalnum() for c in part) for part in parts)


def sentence_limit(rules: str) -> int:
    """How many sentences the rules of a discussion allow a turn; SENTENCES where they do not say."""
    found = _LIMIT.search(rules)
    return (_NUMBERS.get(found[1].lower()) or int(found[1])) if found else SENTENCES


def mean_novelty(texts: Sequence[str]) -> float | None:
    """The mean of `novelty` against all earlier texts, of all but the first; None below two texts."""
    found = [novelty(text, texts[:i]) for i, text in enumerate(texts) if i]
    return sum(found) / len(found) if found else None


def separability(texts: Sequence[tuple[str, str]], mask: Iterable[str] = ()) -> tuple[float, float] | None:
    """How well speakers can be told from their words: leave-one-out nearest centroid, cosine, on tf-idf of words and
    of character 3-grams.

    In: (speaker, text) of each turn, and words to leave out, so that nobody is told by a name. Out: the share that is
    told right, and what always naming the most frequent speaker would give; None unless two speakers have two turns.
    """
    hidden = {fold(word) for word in mask}
    counts = [(who, _features([w for w in words(text) if w not in hidden])) for who, text in texts]
    counts = [(who, found) for who, found in counts if found]
    turns = Counter(who for who, _ in counts)
    counts = [(who, found) for who, found in counts if turns[who] > 1]
    if len({who for who, _ in counts}) < 2:
        return None
    vectors = _tf_idf([found for _, found in counts])
    sums: dict[str, Counter[str]] = {}
    for (who, _), vector in zip(counts, vectors, strict=True):
        sums.setdefault(who, Counter()).update(vector)
    norms = {who: sum(x * x for x in total.values()) for who, total in sums.items()}
    right = 0
    for (who, _), vector in zip(counts, vectors, strict=True):
        nearness: dict[str, float] = {}
        for other, total in sums.items():
            product, norm = sum(x * total[name] for name, x in vector.items()), norms[other]
            if other == who:  # the centroid without this turn
                product, norm = product - 1.0, norm - 2 * product + 1.0
            nearness[other] = product / math.sqrt(norm) if norm > 1e-9 else 0.0
        right += max(nearness, key=nearness.__getitem__) == who
    return right / len(counts), max(turns[who] for who in sums) / len(counts)


def in_own_words(text: str, frame: set[Gram]) -> str:
    """A text without its words that stand in a 3-gram of the frame."""
    found = words(text)
    taken = {i + k for i, gram in enumerate(_runners(found, 3)) if gram in frame for k in range(3)}
    return " ".join(word for i, word in enumerate(found) if i not in taken)


def names_in(cast: Iterable[Persona]) -> set[str]:
    """Every word of the names at the table."""
    return {word for p in cast for word in words(f"{p.name} {p.full_name}")}


Value = float | None


def measure(transcript: Transcript, *, limit: int | None = None) -> dict[str, Value]:
    """Every measure of one discussion, None where it can't be told. `limit`: sentences a turn may have."""
    turns, spoken, cast = transcript.turns, transcript.spoken, transcript.cast
    texts = [turn.text for turn in spoken]
    speakers = [turn.speaker for turn in spoken]
    by_name = Counter(speakers)
    counts = [by_name[p.name] for p in cast]
    raw = [(turn.speaker, turn.raw) for turn in turns if turn.raw is not None]
    said = [(turn.speaker, turn.text) for turn in spoken]
    most = limit or sentence_limit(transcript.rules)
    frame = frame_of(transcript.frame)
    apart = separability(said, names_in(cast))
    own = separability([(who, in_own_words(text, frame)) for who, text in said], names_in(cast))

    def share(of: Iterable[tuple[str, str]], test: Callable[[str, str], bool]) -> Value:
        found = [test(who, text) for who, text in of]
        return _share(sum(found), len(found)) if found else None

    def own_tag(who: str, text: str) -> bool:
        return who in tags_of(text, cast)

    def others_tag(who: str, text: str) -> bool:
        return bool(tags_of(text, cast) - {who})

    return {
        "turns": len(turns),
        "passes": _share(len(turns) - len(spoken), len(turns)),
        "words": sum(len(words(text)) for text in texts) / len(texts) if texts else None,
        "repeats": repeats(texts),
        "distinct_2": distinct(texts),
        "repetition_4": repetition(texts),
        "self_bleu_4": self_bleu(texts),
        "novelty": mean_novelty(texts),
        "speaker_entropy": entropy(speakers, len(cast)),
        "speaker_gini": gini(counts),
        "silent": counts.count(0) if transcript.frame else None,
        "twice_in_a_row": immediate_repeats(speakers),
        "a_b_a": back_and_forth(speakers),
        "answered": answered(turns),
        "own_tag_raw": share(raw, own_tag),
        "own_tag": share(said, own_tag),
        "for_others_raw": share(raw, others_tag),
        "for_others": share(said, others_tag),
        "leaks_raw": share(raw, lambda _, text: leaks(text)),
        "leaks": share(said, lambda _, text: leaks(text)),
        "recital": share(said, lambda _, text: recited(text, frame) >= RECITAL) if transcript.frame else None,
        "from_prompt": sum(recited(t, frame) for t in texts) / len(texts) if transcript.frame and texts else None,
        "agrees": share(said, lambda _, text: only_agrees(text)),
        "questions": _coverage(transcript) if transcript.questions else None,
        "over_limit": share(said, lambda _, text: sentences(text) > most),
        "told_apart": apart[0] if apart else None,
        "told_apart_own_words": own[0] if own else None,
        "told_by_chance": apart[1] if apart else None,
    }


def _coverage(transcript: Transcript) -> float:
    reached = {turn.question for turn in transcript.spoken}
    return _share(sum(question in reached for question in transcript.questions), len(transcript.questions))


def _runners(found: Sequence[str], n: int) -> Iterator[Gram]:
    return (tuple(found[i : i + n]) for i in range(len(found) - n + 1))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _bleu(i: int, split: Sequence[Sequence[str]], counted: Sequence[Sequence[Counter[Gram]]]) -> float:
    """BLEU of text i with all others as its references."""
    own, others = counted[i], [one for j, one in enumerate(counted) if j != i]
    logs = 0.0
    for size, found in enumerate(own):
        clipped = sum(min(n, max(other[size][gram] for other in others)) for gram, n in found.items())
        logs += math.log((clipped or _EPSILON) / max(1, found.total()))
    length = len(split[i])
    nearest = min((len(one) for j, one in enumerate(split) if j != i), key=lambda n: (abs(n - length), n))
    brevity = 1.0 if length > nearest else math.exp(1 - nearest / length)
    return brevity * math.exp(logs / len(own))


def _features(found: Sequence[str]) -> Counter[str]:
    text = f" {' '.join(found)} "
    return Counter([*(f"w {word}" for word in found), *(text[i : i + 3] for i in range(len(text) - 2) if found)])


def _tf_idf(counts: Sequence[Counter[str]]) -> list[dict[str, float]]:
    """Unit vectors of (1 + log tf) * (1 + log (1 + n) / (1 + df))."""
    df = Counter(name for found in counts for name in found)
    vectors: list[dict[str, float]] = []
    for found in counts:
        vector = {
            name: (1 + math.log(n)) * (1 + math.log((1 + len(counts)) / (1 + df[name]))) for name, n in found.items()
        }
        norm = math.sqrt(sum(x * x for x in vector.values()))
        vectors.append({name: x / norm for name, x in vector.items()})
    return vectors
