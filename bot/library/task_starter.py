"""When a task's questions come to a standing table by themselves, out of its file."""

from bot.discussion.model.starter import HOW, Starter
from bot.library.file_problem import FileProblem


def starter_in(file: str, field: str, text: str) -> tuple[str, list[FileProblem]]:
    """When that is, as it is stored, "" where the text is blank; and what is wrong with it."""
    if not text.strip():
        return "", []
    try:
        return str(Starter.read(text)), []
    except ValueError as wrong:
        return "", [FileProblem(file, field, str(wrong), HOW)]
