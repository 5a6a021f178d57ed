"""`roundtable reload`: has the running bot, each of its processes, read its personas, tasks and log level anew."""

from bot.errors import RoundtableError
from bot.ops.control_client import ask_each
from bot.ops.control_protocol import control_sockets, listens_at
from bot.settings import Settings


async def reload(settings: Settings) -> int:
    """Say what is another now. Raises RoundtableError with everything that is wrong; then nothing is."""
    file = settings.database_file
    answers = await ask_each(control_sockets(file), "reload")
    if answers.is_silence:
        raise RoundtableError(
            f"No bot listens {listens_at(file)}. Each start reads the files anew; one that runs does so on SIGHUP."
        )
    # Several processes read the same files: what all of them say is told once.
    for said in dict.fromkeys(answers.given):
        print(said)
    if answers.errors:
        raise RoundtableError("\n".join(dict.fromkeys(map(str, answers.errors))))
    return 0
