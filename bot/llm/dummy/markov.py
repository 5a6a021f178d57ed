"""What the dummy says: a Markov chain over the corpus beside this file that plays whoever the prompt asks for.

It reads no meaning, only the layout of the prompt (prompt_parser.py).
"""

import re
from collections.abc import Iterable, Sequence
from importlib import resources
from random import Random
from typing import Final

import markovify
from markovify.chain import BEGIN, END

from bot.discussion.model.task import SUMMARY_SIGNS
from bot.llm.dummy.prompt_parser import ParsedPrompt, ballot_asked_for, names_to_choose_from, parse_prompt

Gram = tuple[str, ...]

SENTENCE_WORDS: Final = range(5, 29)
TURN_WORDS: Final = range(10, 51)
SENTENCE_TRIES: Final = 150
TURN_TRIES: Final = 12
# markovify's measure of novelty: the share and the number of words in a row that may stand in the corpus.
NOVELTY: Final = (0.75, 12)
# Sentences that are not new in that sense are the best jokes: let so many of them through.
QUOTING: Final = 0.35
# A sentence more of whose word 3-grams have been said in the conversation is a repetition.
ECHO_SHARE: Final = 0.33
# How often one speaker turns to another unasked, before guests and answers take their share.
ASKING: Final = 0.38
# How much of a message that is no round-table prompt is looked at for a word, in characters.
RECENT: Final = 2000

TURNS: Final = (
    ("claim",),
    ("claim", "quip"),
    ("claim", "quip"),
    ("claim", "story"),
    ("story", "claim"),
    ("story", "quip"),
    ("claim", "story", "quip"),
    ("word", "claim"),
    ("word", "story"),
    ("word", "quip"),
    ("word", "claim", "quip"),
)
POSITIONS: Final = (("claim", "quip"), ("claim", "story"), ("word", "claim"), ("word", "quip"))
FURTHER: Final = (("claim",), ("quip",), ("story",))
# The gaps a sentence of a kind must have; kinds that are not named have none, closing remarks may have any.
NEEDS: Final = {
    "ask": {"{name}"},
    "guest": {"{name}", "{word}"},
    "guest, no word": {"{name}"},
    "word": {"{word}"},
}
# What stands behind the three signs of a summary.
SIGNED: Final = (("closing: agreed",), ("closing: disputed",), ("closing: open",))
SUMMARIES: Final = (
    ("closing: opening", "closing: middle", "closing: end"),
    ("closing: opening", "closing: middle", "closing: middle", "closing: end"),
)

_LINK: Final = re.compile(r"(?<!\S)https?://\S+|<[@#:][^>\s]{0,80}>")
_LONG_WORD: Final = re.compile(r"(?<![\w’'@#])[^\W\d_]{5,24}(?![\w’'])")
_WORD: Final = re.compile(r"\w+")


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


# Where one clause ends and the next begins, in words of the corpus.
_OPENERS: Final = _words("that because until when if whether I we you nobody somebody")
_SUBJECTS: Final = _words("I we you it he she they nobody somebody someone")
_VERBS: Final = _words("is was would will has had have were am are could can should needs looks works")
# Words of five letters and more that say nothing about what a sentence is about.
_PLAIN: Final = _words(
    "about above actually after again against agree almost already although always among another anybody anyone "
    "anything around asked asking because become becomes before being believe better between beyond certainly "
    "could different doing during either enough every everybody everyone everything exactly first getting given "
    "going great hello hence honest honestly however indeed instead itself least likely little making many "
    "matter maybe means might mostly myself never nobody nothing often other others ought ourselves people "
    "perhaps please point possible probably question quite rather really right round saying seems several shall "
    "should simple simply since somebody someone something sometimes somewhere still table taken talking thank "
    "thanks their themselves there these thing things think thinking those though thought through today together "
    "tomorrow towards under until usually wants what where whether which while whole whose without wonder would "
    "wrong years yourself"
)


class MarkovGenerator:
    """Says things. Immutable once built, so any number of threads may share one."""

    def __init__(self, corpus: str | None = None) -> None:
        """Build the chain from `corpus` (by default the shipped one); takes a fraction of a second."""
        if corpus is None:
            corpus = resources.files("bot.llm.dummy").joinpath("corpus.txt").read_text(encoding="utf-8")
        # The job of a sentence is its first "word", so that one chain serves all jobs and sentences of different
        # jobs can still share their middles.
        runs = list(_runs(corpus))
        self._text = markovify.Text(None, state_size=2, parsed_sentences=runs)
        self._text.chain.compile(inplace=True)
        self._known = frozenset(five for run in runs for five in _fives(run))
        self._questions = frozenset(tuple(run[1:3]) for run in runs if run[-1].endswith("?"))

    def reply(self, prompt: str, rng: Random) -> str:
        """The next turn for `prompt`; the same for the same prompt and state of `rng`."""
        if names := names_to_choose_from(prompt):
            return rng.choice(names)
        letters, is_ranked = ballot_asked_for(prompt)
        if letters:
            return " > ".join(rng.sample(letters, len(letters))) if is_ranked else rng.choice(letters)
        parsed = parse_prompt(prompt)
        said: frozenset[Gram] = frozenset().union(*(_grams(line.text) for line in parsed.lines))
        turn = self._turn(parsed, prompt, said, rng)
        for _ in range(TURN_TRIES):
            if parsed.is_summary or len(turn.split()) in TURN_WORDS:
                break
            turn = self._turn(parsed, prompt, said, rng)
        if parsed.is_position and parsed.letters:
            return f"{turn}\nChoice: {rng.choice(parsed.letters)}"
        return turn

    def _turn(self, parsed: ParsedPrompt, prompt: str, said: frozenset[Gram], rng: Random) -> str:
        if parsed.speaker is None:
            kinds = rng.choice((("word", "claim"), ("word", "quip"), ("claim", "quip")))
            return self._say(kinds, said, rng, words=_long_words(prompt[-RECENT:]))
        if parsed.is_summary:
            words = _long_words(parsed.question, parsed.others)
            names = [name for name in parsed.others if any(line.name == name for line in parsed.lines)]
            rng.shuffle(names)
            if parsed.has_signs:
                parts = [self._say(kinds, said, rng, words=words, names=names) for kinds in SIGNED]
                parts[0] = f"{parsed.result} {parts[0]}".strip()
                return "\n".join(f"{sign} {part}" for sign, part in zip(SUMMARY_SIGNS, parts, strict=True))
            return f"{parsed.result} {self._say(rng.choice(SUMMARIES), said, rng, words=words, names=names)}".strip()
        if parsed.is_position:
            words = _long_words(parsed.question, (*parsed.others, parsed.speaker))
            return self._say(rng.choice(POSITIONS), said, rng, words=words)

        guest, last = parsed.guest, parsed.lines[-1] if parsed.lines else None
        if guest and rng.random() < (0.9 if guest is last else 0.65):
            words = _long_words(guest.text, (*parsed.others, parsed.speaker or "", guest.name))
            opening = "guest" if words else "guest, no word"
            return self._say((opening, *rng.choice(FURTHER)), said, rng, words=words, names=[guest.name])

        about = last.text if last and rng.random() < 0.4 else parsed.question
        words = _long_words(about, (*parsed.others, parsed.speaker))
        ask = parsed.to_ask or (rng.choice(parsed.others) if parsed.others and rng.random() < ASKING else None)
        kinds = ("answer", *rng.choice(FURTHER)) if parsed.spoken_to and rng.random() < 0.7 else rng.choice(TURNS)
        if ask:
            # To turn to somebody first answers what was said; to turn to somebody last hands the floor over.
            kinds = ("ask", *kinds[1:]) if rng.random() < 0.4 else (*kinds[:2], "ask")
        return self._say(kinds, said, rng, words=words, names=[ask] if ask else [])

    def _say(
        self,
        kinds: Iterable[str],
        said: frozenset[Gram],
        rng: Random,
        *,
        words: Sequence[str],
        names: Sequence[str] = (),
    ) -> str:
        """One sentence of each kind, the gaps filled; a kind that needs a word becomes a claim where there is none."""
        gaps = {"{word}": rng.choice(words)} if words else {}
        turn: list[str] = []
        for i, kind in enumerate(kinds):
            if names:
                gaps["{name}"] = names[i % len(names)]
            turn.append(self._sentence("claim" if kind == "word" and not words else kind, gaps, said, rng))
            said |= _grams(turn[-1])
        return " ".join(turn)

    def _sentence(self, kind: str, gaps: dict[str, str], said: frozenset[Gram], rng: Random) -> str:
        """A sentence of the kind: one that parses, fills the gaps it should, and has not been said before."""
        spare = ""
        for _ in range(SENTENCE_TRIES):
            run = self._walk(kind, rng)
            sentence = " ".join(run[1:])
            if not _gaps_fit(kind, sentence, gaps) or not self._parses(run):
                continue
            is_new = self._text.test_sentence_output(run, *NOVELTY)
            for gap, filling in {**gaps, "~": " "}.items():
                sentence = sentence.replace(gap, filling)
            grams = _grams(sentence)
            if len(grams & said) > ECHO_SHARE * len(grams):
                spare = spare or sentence
            elif is_new or rng.random() < QUOTING:
                return sentence
            else:
                spare = sentence
        return spare

    def _parses(self, run: list[str]) -> bool:
        """Whether a walk is likely to be grammatical: it changes sentences only where a clause begins, and ends in a
        question mark only if a question began."""
        is_question = tuple(run[1:3]) in self._questions
        seams = (five for five in _fives(run) if five not in self._known)
        return (
            len(run) - 1 in SENTENCE_WORDS
            and run[-1].endswith("?") == is_question
            and all(_is_joint(b, c) or _is_joint(c, d) for _, b, c, d, _ in seams)
        )

    def _walk(self, kind: str, rng: Random) -> list[str]:
        # markovify's own walk draws from the global generator, which all threads share and anybody may reseed.
        state = (BEGIN, f"<{kind}>")
        words = [state[1]]
        while True:
            choices, weights = self._text.chain.model[state]
            word = rng.choices(choices, cum_weights=weights)[0]
            if word == END:
                return words
            words.append(word)
            state = (state[1], word)


def _runs(corpus: str) -> Iterable[list[str]]:
    kind = ""
    for line in corpus.splitlines():
        if line.startswith("["):
            kind = line.strip("[] ")
        elif line and not line.startswith("#"):
            yield [f"<{kind}>", *line.split()]


def _fives(run: list[str]) -> Iterable[tuple[str, ...]]:
    """The 5-grams of a sentence, ends included. One that the corpus lacks holds a seam: the chain changed sentences
    on the two or three words in its middle."""
    words = [BEGIN, *run, END]
    return zip(words, words[1:], words[2:], words[3:], words[4:], strict=False)


def _is_joint(first: str, second: str) -> bool:
    """Whether a clause begins at these two words, so that what follows them in one sentence does in another."""
    return (
        first.endswith(",")
        or (first == "is" and second == "that")
        or first in _OPENERS
        or (first in _SUBJECTS and second in _VERBS)
        or (first in ("and", "but") and second in _SUBJECTS)
    )


def _gaps_fit(kind: str, sentence: str, gaps: Iterable[str]) -> bool:
    has = {gap for gap in ("{name}", "{word}") if gap in sentence}
    if kind.startswith("closing"):
        return has <= set(gaps)
    return has == NEEDS.get(kind, set()) and sentence.count("{name}") <= 1


def _long_words(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """The words worth picking up, at most two: 5 letters or more, the longest first, no names, no plain words."""
    left_out = _PLAIN | {part.casefold() for name in names for part in name.split()}
    found: dict[str, None] = {}
    text = _LINK.sub(" ", text)
    for match in _LONG_WORD.finditer(text):
        starts_sentence = not text[max(0, match.start() - 8) : match.start()].rstrip(" \"“'‘(")[-1:].strip(".!?:…\n")
        word = match[0].lower() if starts_sentence or match[0].isupper() else match[0]
        if word.casefold() not in left_out:
            found[word] = None
    return tuple(sorted(found, key=len, reverse=True)[:2])


def _grams(text: str) -> frozenset[Gram]:
    words = _WORD.findall(text.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False)) or frozenset({tuple(words)})
