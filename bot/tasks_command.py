"""`roundtable tasks`: what is in the folder of tasks, and what is wrong there."""

import sys
from pathlib import Path

from bot.library.files import read_tasks


def list_tasks(folder: Path) -> int:
    """Print each task with its questions, and what is wrong. Out: 1 if anything is."""
    tasks, problems = read_tasks(folder)
    for task in tasks:
        print(f"{task.name}  [{', '.join(filter(None, [_counted(len(task.questions)), task.format]))}]")
        for question in task.questions:
            print(f"  {question}")
    for problem in problems:
        print(problem, file=sys.stderr)
    return int(bool(problems))


def check_tasks(folder: Path) -> int:
    """Say whether every task can be discussed. Out: 1 if one can't."""
    tasks, problems = read_tasks(folder)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        names = ", ".join(task.name for task in tasks)
        print(f"All is right with the {len(tasks)} task{'' if len(tasks) == 1 else 's'} in {folder}: {names}.")
    return int(bool(problems))


def _counted(questions: int) -> str:
    return "1 question" if questions == 1 else f"{questions} questions"
