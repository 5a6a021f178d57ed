"""Compares what members were told of their votes with the results of the polls, and counts what personas write in
private."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from tests.chaos.members_voting import Pressed, Told
from tests.chaos.stored_tables import Row, steering_of


def wrong_in_private(turns: Iterable[Row], names: Iterable[str]) -> list[str]:
    """In: a finished table's turns, and who sat there. Each persona has one position, if there are any, and one ballot
    a poll; each poll has one result."""
    wrong: list[str] = []
    steerings = [(turn, steering_of(turn)) for turn in turns]
    of_kind = {kind: [(t, s) for t, s in steerings if t["kind"] == kind] for kind in ("position", "ballot", "result")}
    opened = {t["seq"]: s.get("name") for t, s in steerings if s.get("what") == "poll_opened"}
    everybody = Counter(names)
    positions = Counter(turn["speaker"] for turn, _ in of_kind["position"])
    if positions and positions != everybody:
        wrong.append(f"positions: {dict(positions)}")
    for poll in sorted(opened):
        cast = Counter(turn["speaker"] for turn, steering in of_kind["ballot"] if steering["poll"] == poll)
        # Before a debate the personas write down what they hold instead.
        if cast != everybody and opened[poll] != "before":
            wrong.append(f"ballots in the poll of turn {poll}: {dict(cast)}")
    results = Counter(steering.get("poll") for _, steering in of_kind["result"])
    if results != Counter(opened.keys()):
        wrong.append(f"results {dict(results)} of the polls {sorted(opened)}")
    return wrong


def wrong_votes(
    session_id: int, turns: Iterable[Row], pressed: Iterable[Pressed], told: Mapping[int, Told]
) -> list[str]:
    """What does not add up in a table's results.

    A member's vote is the last one acknowledged, or one pressed after it of which the bot died before it could say so.
    """
    by_poll: defaultdict[int, defaultdict[str, list[Pressed]]] = defaultdict(lambda: defaultdict(list))
    for vote in pressed:
        if vote.session_id == session_id and told.get(vote.id) != "refused":
            by_poll[vote.poll][vote.member].append(vote)
    wrong: list[str] = []
    for turn in turns:
        closed = steering_of(turn)
        if closed.get("what") != "poll_closed":
            continue
        people, certain = closed["people"], 0
        least, most = Counter[int](), Counter[int]()
        for votes in by_poll[closed["poll"]].values():
            acknowledged = [at for at, vote in enumerate(votes) if told.get(vote.id) == "counts"]
            options = {vote.option for vote in votes[acknowledged[-1] if acknowledged else 0 :]}
            most.update(options)
            if acknowledged:
                certain += 1
                if len(options) == 1:
                    least.update(options)
        members = len(by_poll[closed["poll"]])
        if not certain <= sum(people) <= members:
            wrong.append(f"poll {closed['poll']}: {sum(people)} votes count, of {certain} to {members} members")
        elif any(not least[at] <= votes <= most[at] for at, votes in enumerate(people)):
            wrong.append(f"poll {closed['poll']}: {people} votes count, and {dict(least)} to {dict(most)} were given")
    return wrong
