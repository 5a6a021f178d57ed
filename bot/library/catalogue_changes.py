"""What is another in a catalogue than in the one before it, in words for whoever keeps the files."""

from collections.abc import Iterable, Sequence

from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.library.catalogue import Catalogue


def changes(before: Catalogue, after: Catalogue) -> list[str]:
    """A sentence for the personas and one for the tasks, each where something is another; empty: nothing is."""
    told = [
        _told("Personas", before.personas, after.personas),
        _told("Tasks", before.tasks, after.tasks),
    ]
    return [sentence for sentence in told if sentence]


def _told(what: str, before: Sequence[Persona | Task], after: Sequence[Persona | Task]) -> str:
    old, new = ({thing.name: thing for thing in things} for things in (before, after))
    found = {
        "new": new.keys() - old.keys(),
        "changed": {name for name in new.keys() & old.keys() if new[name] != old[name]},
        "gone": old.keys() - new.keys(),
    }
    parts = [f"{how}: {_listed(names)}" for how, names in found.items() if names]
    return f"{what}: {'; '.join(parts)}." if parts else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
