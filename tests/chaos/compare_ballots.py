"""What does not add up in what a vote's result says: who abstained, and who reports for those who were outvoted."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.chaos.stored_tables import Row, flags_of, of_what, steering_of

# What the scripted endpoint answers where it votes: a letter, or all of them in order.
BALLOT: Final = re.compile(r"[A-J]( > [A-J])*")


@dataclass
class _Poll:
    """A poll that is closed. `ballots`: the personas' rankings, empty for who abstains; `people`: members' votes by
    option."""

    opened: Mapping[str, Any]
    ballots: dict[str, list[int]]
    people: list[int]
    result: Row

    @property
    def winners(self) -> set[int]:
        """The options with most votes; where they were ranked, of n options the first has n - 1 points, the last none,
        and a member's vote is a first place."""
        most = len(self.people) - 1 if self.opened.get("ranked") else 1
        counted = Counter({at: most * votes for at, votes in enumerate(self.people)})
        for ranking in self.ballots.values():
            counted.update({at: most - place for place, at in enumerate(ranking)} if most > 1 else ranking[:1])
        best = max(counted.values(), default=0)
        return {at for at, votes in counted.items() if votes == best} if best else set()

    @property
    def outvoted(self) -> set[str]:
        """Who lost by most: ranked the best of the winners lowest, or is for the option with fewest votes."""
        won = self.winners
        lost = {name: ranking for name, ranking in self.ballots.items() if ranking and won and ranking[0] not in won}
        votes = Counter(self._together)

        def strength(ranking: Sequence[int]) -> int:
            return min(map(ranking.index, won)) if self.opened.get("ranked") else -votes[ranking[0]]

        most = max(map(strength, lost.values()), default=0)
        return {name for name, ranking in lost.items() if strength(ranking) == most}

    @property
    def _together(self) -> dict[int, int]:
        first = Counter(ranking[0] for ranking in self.ballots.values() if ranking)
        return {at: votes + first[at] for at, votes in enumerate(self.people)}


def wrong_abstentions(turns: Iterable[Row], shown: Mapping[int, str]) -> list[str]:
    """Who answers rubbish abstains, nobody else does, and a council's result says so. In: a table's turns, and what is
    shown of its results, by the numbers of their turns."""
    turns = list(turns)
    wrong: list[str] = []
    for turn, ballot in of_what(turns, "ballot_cast"):
        is_vote = BALLOT.fullmatch((turn.get("raw") or "").strip()) is not None
        if is_vote != bool(ballot.get("ranking")):
            what = "abstains" if is_vote else "votes"
            wrong.append(f"turn {turn['seq']}: {turn['speaker']} {what}, having answered {turn['raw']!r}")
    for poll in _polls(turns):
        if poll.opened["name"] != "council":  # a debate's result tells of nobody's abstaining
            continue
        seq, who = poll.result["seq"], [name for name, ranking in poll.ballots.items() if not ranking]
        line = f"Abstained: {', '.join(who)}."
        told = [text for text in (poll.result["text"], shown.get(seq)) if text is not None]
        if any(line not in text if who else "Abstained:" in text for text in told):
            wrong.append(f"the result of turn {seq} does not say who abstained: {who}")
    return wrong


def abstentions(turns: Iterable[Row]) -> int:
    return sum(not ballot.get("ranking") for _, ballot in of_what(turns, "ballot_cast"))


def wrong_minority(turns: Iterable[Row]) -> list[str]:
    """In: a council's, or another table's, turns. Behind each ballot of a council whose winners somebody voted against
    there is one report, by whoever lost by most; no other turn is one."""
    turns = list(turns)
    reports = [turn for turn in turns if is_minority_report(turn)]
    wrong: list[str] = []
    councils = [poll for poll in _polls(turns) if poll.opened["name"] == "council"]
    for number, poll in enumerate(councils):
        begins = poll.result["seq"]
        ends = councils[number + 1].result["seq"] if number + 1 < len(councils) else len(turns) + 1
        of_it = [turn["speaker"] for turn in reports if begins < turn["seq"] < ends]
        if len(of_it) != bool(poll.outvoted) or not set(of_it) <= poll.outvoted:
            due = f"one by {' or '.join(sorted(poll.outvoted))}" if poll.outvoted else "none"
            wrong.append(f"minority reports by {of_it} behind turn {begins}; due is {due}")
    first = min((poll.result["seq"] for poll in councils), default=len(turns) + 1)
    wrong += [f"turn {turn['seq']} is a minority report without a vote" for turn in reports if turn["seq"] < first]
    return wrong


def is_minority_report(turn: Row) -> bool:
    return "minority_report" in flags_of(turn)


def _polls(turns: Sequence[Row]) -> list[_Poll]:
    """Those that are closed, in order."""
    opened = {turn["seq"]: told for turn, told in of_what(turns, "poll_opened")}
    cast = list(of_what(turns, "ballot_cast"))
    return [
        _Poll(
            opened[closed["poll"]],
            {
                turn["speaker"]: list(ballot.get("ranking", ()))
                for turn, ballot in cast
                if ballot["poll"] == closed["poll"]
            },
            closed["people"],
            turn,
        )
        for turn in turns
        if (closed := steering_of(turn)).get("what") == "poll_closed" and closed["poll"] in opened
    ]
