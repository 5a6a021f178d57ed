"""What the dummy says: a Markov chain over the corpus beside this file that plays whoever the prompt asks for.

It reads no meaning, only the layout of a round-table prompt: who speaks, who else is there, what a guest said last.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from random import Random
from typing import Final

import markovify
from markovify.chain import BEGIN, END

SENTENCE_WORDS: Final = range(5, 29)
TURN_WORDS: Final = range(10, 51)
# A reader takes a turn for a repetition well before half of its word 3-grams stand in an earlier one.
ECHO_SHARE: Final = 0.25
# markovify's own measure of novelty: the share and the number of words that may stand in one corpus sentence.
NOVELTY: Final = (0.75, 12)
SENTENCE_TRIES: Final = 80
TURN_TRIES: Final = 12
# How many lines back a guest still gets an answer.
GUEST_LINES: Final = 3

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
FURTHER: Final = (("claim",), ("quip",), ("story",), ("claim", "quip"))
SUMMARIES: Final = (
    ("closing: opening", "closing: middle", "closing: end"),
    ("closing: opening", "closing: middle", "closing: middle", "closing: end"),
)

_HEADING: Final = re.compile(r"^##\s+(?P<full>.+?)\s+\((?P<name>[^()\n]+)\)\s*$", re.MULTILINE)
_TAG: Final = re.compile(r"^(?P<name>[^:\n]{1,80}?)(?P<guest> \(guest\))?:\s+(?P<text>\S.*)$", re.MULTILINE)
_CUE: Final = re.compile(r"(?:\A|\n)(?P<name>[^:\n]{1,80}):\s*\Z")
_QUESTION: Final = re.compile(r"question on the table(?: is)?\W*([^?\n]+\?|[^\n.]+)", re.IGNORECASE)
_SUMMARY: Final = re.compile(r"sum up|summary", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?<!\S)https?://\S+|<[@#:][^>\s]*>")
_LONG_WORD: Final = re.compile(r"(?<![\w’'@#])[^\W\d_]{5,24}(?![\w’'])")
_WORD: Final = re.compile(r"\w+")
_NOT_A_SPEAKER: Final = frozenset("moderator question context rules note topic task transcript".split())
# Where one clause ends and the next begins, in words of the corpus.
_OPENERS: Final = frozenset("that because until when if whether I we you nobody somebody".split())
_SUBJECTS: Final = frozenset("I we you it he she they nobody somebody someone".split())
_VERBS: Final = frozenset("is was would will has had have were am are could can should needs looks works".split())
# Words of five letters and more that say nothing about what a sentence is about.
_PLAIN: Final = frozenset(
    "about above actually after again against agree almost already although always among another anybody anyone "
    "anything around asked asking because become becomes before being believe better between beyond certainly could "
    "different doing during either enough every everybody everyone everything exactly first getting given going great "
    "hello hence honest honestly however indeed instead itself least likely little making many matter maybe means might mostly "
    "myself never nobody nothing often other others ought ourselves people perhaps please point possible probably "
    "question quite rather really right round saying seems several shall should simple simply since somebody someone "
    "something sometimes somewhere still table taken talking thank thanks their themselves there these thing things "
    "think thinking those though thought through today together tomorrow towards under until usually wants what "
    "where whether which while whole whose without wonder would wrong years yourself".split()
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript."""

    name: str
    text: str
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """What a prompt says about the turn it asks for. `speaker` is None when it is no round-table prompt."""

    speaker: str | None
    others: tuple[str, ...]
    lines: tuple[Line, ...]
    tail: str

    @property
    def question(self) -> str:
        found = _QUESTION.search(self.tail)
        return found[1] if found else ""

    @property
    def is_summary(self) -> bool:
        return _SUMMARY.search(self.tail) is not None

    @property
    def guest(self) -> Line | None:
        return next((line for line in reversed(self.lines[-GUEST_LINES:]) if line.guest), None)

    @property
    def spoken_to(self) -> bool:
        """Whether the last line says the speaker's name, or the tail says that somebody waits for an answer."""
        waiting = "spoken to you" in self.tail
        return waiting or bool(self.speaker and self.lines and _says(self.lines[-1].text, self.speaker))

    @property
    def to_ask(self) -> str | None:
        """Whom the tail tells the speaker to ask."""
        return next((name for name in self.others if _says(self.tail, f"ask {name}")), None)


def read_scene(prompt: str) -> Scene:
    """Read a prompt's layout: `## Full Name (Name)` headings, `Name: text` lines, a tail that ends in `Name:`."""
    cue = _CUE.search(prompt)
    speaker = cue["name"].strip() if cue else ""
    headings = list(_HEADING.finditer(prompt))
    names = {heading["name"]: heading["full"] for heading in headings}
    if not cue or not (speaker in names or _looks_like_a_name(speaker)):
        return Scene(None, (), (), "")
    lines: list[Line] = []
    start = end = headings[-1].end() if headings else 0
    for tag in _TAG.finditer(prompt, start, cue.start()):
        name = tag["name"]
        if tag["guest"]:
            lines.append(Line(name, tag["text"].strip(' "“”'), guest=True))
        elif name in names or name == speaker or name == "Moderator" or _looks_like_a_name(name):
            lines.append(Line(name, tag["text"]))
        else:
            continue
        end = tag.end()
    at_table = [*names, *(line.name for line in lines if not line.guest and line.name != "Moderator")]
    others = tuple(n for n in dict.fromkeys(at_table) if speaker not in (n, names.get(n)))
    return Scene(speaker, others, tuple(lines), prompt[end : cue.start()])


class Babbler:
    """Says things. Immutable once built, so any number of threads may share one."""

    def __init__(self, corpus: str | None = None) -> None:
        """Build the chain from `corpus` (by default the shipped one); takes a fraction of a second."""
        if corpus is None:
            corpus = resources.files(__package__).joinpath("corpus.txt").read_text(encoding="utf-8")
        # The job of a sentence is its first "word", so that one chain serves all jobs and sentences of different
        # jobs can still share their middles.
        runs = list(_runs(corpus))
        self._text = markovify.Text(None, state_size=2, parsed_sentences=runs)
        self._text.chain.compile(inplace=True)
        self._known = frozenset(five for run in runs for five in _fives(run))
        self._questions = frozenset(tuple(run[1:3]) for run in runs if run[-1].endswith("?"))

    def reply(self, prompt: str, rng: Random) -> str:
        """The next turn for `prompt`; the same for the same prompt and state of `rng`."""
        scene = read_scene(prompt)
        earlier = [_grams(line.text) for line in scene.lines]
        best, best_share = "", 2.0
        for _ in range(TURN_TRIES):
            turn = self._turn(scene, prompt, rng)
            if len(turn.split()) not in TURN_WORDS and not scene.is_summary:
                continue
            grams = _grams(turn)
            share = max((len(grams & other) / len(grams) for other in earlier), default=0.0)
            if share < best_share:
                best, best_share = turn, share
            if share <= ECHO_SHARE:
                break
        return best or turn

    def _turn(self, scene: Scene, prompt: str, rng: Random) -> str:
        if scene.speaker is None:
            kinds = rng.choice((("word", "claim"), ("word", "quip"), ("claim", "quip")))
            return self._say(kinds, rng, words=_long_words(prompt[-2000:]))
        if scene.is_summary:
            heard = tuple({line.name for line in scene.lines} & set(scene.others)) or scene.others
            names = rng.sample(sorted(heard), len(heard))
            return self._say(rng.choice(SUMMARIES), rng, words=_long_words(scene.question, scene.others), names=names)

        guest, last = scene.guest, scene.lines[-1] if scene.lines else None
        if guest and rng.random() < (0.9 if guest is last else 0.65):
            words = _long_words(guest.text, (*scene.others, guest.name))
            opening = "guest" if words else "guest, no word"
            return self._say((opening, *rng.choice(FURTHER[:3])), rng, words=words, names=[guest.name])

        about = scene.question if rng.random() < 0.6 or not last else last.text
        words = _long_words(about, (*scene.others, scene.speaker))
        ask = scene.to_ask or (rng.choice(scene.others) if scene.others and rng.random() < 0.38 else None)
        names = [ask] if ask else []
        if scene.spoken_to and rng.random() < 0.7:
            kinds = ("answer", *rng.choice(FURTHER))
        elif ask and rng.random() < 0.4:
            return self._say(("ask", *rng.choice(FURTHER[:3])), rng, words=words, names=names)
        else:
            kinds = rng.choice(TURNS)
        return self._say((*kinds[:2], "ask") if ask else kinds, rng, words=words, names=names)

    def _say(self, kinds: Iterable[str], rng: Random, *, words: Sequence[str], names: Sequence[str] = ()) -> str:
        """One sentence of each kind, the gaps filled; a kind that needs a word becomes a claim where there is none."""
        word = rng.choice(words) if words else ""
        said: list[str] = []
        for i, kind in enumerate(kinds):
            sentence = self._sentence("claim" if kind == "word" and not word else kind, rng, bool(word), bool(names))
            said.append(sentence.replace("{name}", names[i % len(names)] if names else "").replace("{word}", word))
        return " ".join(said)

    def _sentence(self, kind: str, rng: Random, has_word: bool, has_name: bool) -> str:
        """A sentence of the kind that keeps to the gaps it may have, new to the corpus if one can be had."""
        spare = ""
        for _ in range(SENTENCE_TRIES):
            run = self._walk(kind, rng)
            sentence = " ".join(run[1:])
            if not self._parses(run) or not _gaps_fit(kind, sentence, has_word, has_name):
                continue
            if self._text.test_sentence_output(run, *NOVELTY):
                return sentence
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


def _gaps_fit(kind: str, sentence: str, has_word: bool, has_name: bool) -> bool:
    name, word = sentence.count("{name}"), "{word}" in sentence
    if kind.startswith("closing"):
        return (has_word or not word) and (has_name or not name)
    wants_name, wants_word = kind in ("ask", "guest", "guest, no word"), kind in ("word", "guest")
    return name == wants_name and word == wants_word


def _looks_like_a_name(tag: str) -> bool:
    words = tag.split()
    proper = all(not word[0].islower() and word[0].isalpha() for word in words)
    return 0 < len(words) <= 3 and proper and not any(word.casefold() in _NOT_A_SPEAKER for word in words)


def _says(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _long_words(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """The words worth picking up, at most two: 5 letters or more, the longest first, no names, no plain words."""
    left_out = _PLAIN | {part.casefold() for name in names for part in name.split()}
    found: dict[str, None] = {}
    for match in _LONG_WORD.finditer(_ADDRESS.sub(" ", text)):
        starts_sentence = not text[: match.start()].rstrip(" \"“'‘(")[-1:].strip(".!?:…\n")
        word = match[0].lower() if starts_sentence or match[0].isupper() else match[0]
        if word.casefold() not in left_out:
            found[word] = None
    return tuple(sorted(found, key=len, reverse=True)[:2])


def _grams(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False)) or frozenset({tuple(words)})
