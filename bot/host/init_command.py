"""`roundtable init`: a folder in which a bot can be run, with settings, personas and tasks to change."""

import os
import shlex
import shutil
from pathlib import Path
from typing import Final

from bot.errors import RoundtableError
from bot.settings.env_example import env_example
from bot.settings.shipped import packaged

_ENV: Final = ".env"
_FOLDERS: Final = ("personas", "tasks")
_NEXT: Final = """\
  roundtable discuss      a table here in the terminal; without a model a dummy babbles
  roundtable demo         the whole bot in the browser, without Discord
Then set LLM_BASE_URL (your model) and DISCORD_TOKEN (your bot) in .env, whose comments say where to get them:
  roundtable check run    says what is still missing
  roundtable run          the bot on Discord"""
# What of the shipped folders is for whoever works on the bot.
_LEFT_OUT: Final = shutil.ignore_patterns("*.py", "__pycache__", ".*")


def init(folder: Path) -> int:
    """Write `.env`, personas and tasks into `folder`, and say what comes next. Out: the exit status.

    Raises RoundtableError where one of them is there already; then nothing is written.
    """
    if there := next((name for name in (_ENV, *_FOLDERS) if os.path.lexists(folder / name)), None):
        raise RoundtableError(
            f"{folder / there} is there already, and nothing is overwritten. Name another: `roundtable init DIR`."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FOLDERS:
            source = packaged(name)
            assert source is not None, "they are part of the package"
            shutil.copytree(source, folder / name, ignore=_LEFT_OUT)
        # It will hold a token.
        descriptor = os.open(folder / _ENV, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as env:
            env.write(env_example())
    except OSError as error:
        raise RoundtableError(f"{error.filename or folder} can't be written ({error.strerror}).") from None
    personas, tasks = len([*(folder / "personas").glob("*.json")]), len([*(folder / "tasks").iterdir()])
    print(f"{folder} has {_ENV}, {personas} personas and {tasks} tasks now; change them as you like.\n")
    if folder.resolve() != Path.cwd():
        print(f"  cd {shlex.quote(str(folder))}")
    print(_NEXT)
    return 0
