"""What a trial has found wrong, by kind."""

from dataclasses import dataclass, field, fields


@dataclass
class Findings:
    """What is wrong, a sentence each. All empty: nothing is."""

    turns_lost: list[str] = field(default_factory=list)
    turns_doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    texts_differ: list[str] = field(default_factory=list)
    guests_lost: list[str] = field(default_factory=list)
    guests_doubled: list[str] = field(default_factory=list)
    own_missing: list[str] = field(default_factory=list)
    own_doubled: list[str] = field(default_factory=list)
    votes_wrong: list[str] = field(default_factory=list)
    abstentions_wrong: list[str] = field(default_factory=list)
    minority_wrong: list[str] = field(default_factory=list)
    answers_wrong: list[str] = field(default_factory=list)
    summaries_wrong: list[str] = field(default_factory=list)
    talked_unseen: list[str] = field(default_factory=list)
    not_finished: list[str] = field(default_factory=list)
    failed_inside: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {each.name: len(getattr(self, each.name)) for each in fields(self)}

    @property
    def sentences(self) -> list[str]:
        return [f"{each.name}: {said}" for each in fields(self) for said in getattr(self, each.name)]

    def add(self, other: "Findings") -> None:
        for each in fields(self):
            getattr(self, each.name).extend(getattr(other, each.name))
