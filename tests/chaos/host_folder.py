"""The folder of a round, as a host of the bot has it."""

import json
from pathlib import Path
from typing import Final

NAMES: Final = ("Aino", "Ravi", "Bo", "Nadia")
QUESTIONS: Final = ("Who bakes the bread?", "What does it cost?")


def lay_table(folder: Path) -> None:
    """A folder as a host has it: four personas without portraits, and a task."""
    for part in ("personas", "tasks/bread", "data"):
        (folder / part).mkdir(parents=True)
    for name in NAMES:
        persona = {"name": name, "full_name": f"{name} of the Bench", "prompt": f"You are {name}."}
        (folder / "personas" / f"{name.lower()}.json").write_text(json.dumps(persona))
    (folder / "tasks" / "bread" / "questions.txt").write_text("\n".join(QUESTIONS))
