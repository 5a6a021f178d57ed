"""What was said, in figures: measures of transcripts that `roundtable discuss --jsonl` wrote.

    python -m bench.quality talk.jsonl another.jsonl

A column a file, and their mean where there are several; beside them what is known of the script that Roundtable
began as, whose figures are of other models. Shares are from 0 to 1. Raw is what the model wrote, else what was shown.

turns           the personas' turns, passes among them
passes          share of turns that came to nothing
words           mean words of a turn
repeats         share of turns with a sentence of four words or more that stands in an earlier turn
distinct_2      distinct pairs of words over all of them (Li et al. 2016)
repetition_4    share of 4-grams of words that stand in an earlier turn
self_bleu_4     mean BLEU-4 of each turn against all others (Zhu et al. 2018); lower is more varied
novelty         mean share of a turn's pairs of words that no earlier turn has
speaker_entropy entropy of who spoke over that of speaking equally often; 1: all do
speaker_gini    Gini's coefficient of how often each spoke; 0: equally
silent          personas at the table who never spoke
twice_in_a_row  share of turns by whoever spoke just before
a_b_a           share of turns by whoever spoke last but one, another in between
answered        of turns that address another persona: after how many that one speaks
own_tag         share of turns with the speaker's own name tag at the start of a line or sentence (and _raw)
for_others      share of turns with another's, or the moderator's (and _raw)
leaks           share of turns that speak as an AI or show reasoning, a cue or a template's marks (and _raw)
recital         share of turns of whose 3-grams half or more stand in cards, task or cues
from_prompt     mean share of a turn's 3-grams that stand in them
agrees          share of turns that open with an agreement and no "but"
questions       share of the task's questions that were spoken to
over_limit      share of turns with more sentences than the rules allow
told_apart      share of turns whose speaker is told from the words: leave-one-out nearest centroid on tf-idf of words
                and character 3-grams, names left out; much of it may be recital
told_apart_own_words   the same without words that stand in a 3-gram of cards, task or cues
told_by_chance  share that is right if the most frequent speaker is always named
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.columns import aligned, write_json
from bench.quality.metrics import Value, measure
from bench.quality.transcripts import Unreadable, read_transcript

# As published for the script that Roundtable began as.
REFERENCE: Final = {
    "repetition_4": ".20–.23",
    "a_b_a": ".22–.44",
    "speaker_entropy": ".94–.98",
    "over_limit": "≥ .5 (of 2)",
}
_COUNTS: Final = ("turns", "silent")


def mean(columns: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """The mean of each measure over the files in which it can be told."""
    found: dict[str, Value] = {}
    for name in columns[0]:
        told = [value for column in columns if (value := column[name]) is not None]
        found[name] = sum(told) / len(told) if told else None
    return found


def table(columns: Mapping[str, Mapping[str, Value]]) -> str:
    """The measures as lines of text, a column each and the reference last."""
    heads = [*(Path(name).stem[-16:] for name in columns), "the script"]
    lines = [["", *heads]]
    for name in next(iter(columns.values())):
        cells = [_cell(name, column[name]) for column in columns.values()]
        lines.append([name, *cells, REFERENCE.get(name, "")])
    return aligned(lines)


def _cell(name: str, value: Value) -> str:
    if value is None:
        return "–"
    if name in _COUNTS:
        return f"{value:g}"
    return f"{value:.1f}" if name == "words" else f"{value:.2f}"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a transcript")
    parser.add_argument(
        "--sentences", type=int, metavar="N", help="sentences a turn may have (default: as the rules say)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    args = parser.parse_args(argv)
    try:
        columns = {str(file): measure(read_transcript(file), limit=args.sentences) for file in args.files}
    except Unreadable as problem:
        print(problem, file=sys.stderr)
        return 1
    whole = mean(list(columns.values())) if len(columns) > 1 else None
    print(table(columns | ({"mean": whole} if whole else {})))
    write_json(args.json, {"files": columns, "mean": whole, "reference": REFERENCE})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
