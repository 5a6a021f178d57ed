"""`roundtable reload`: has the running bot read its personas, tasks and log level anew."""

from bot.errors import RoundtableError
from bot.ops.control_client import ask_bot
from bot.ops.control_protocol import NoBot, control_socket
from bot.settings import Settings


async def reload(settings: Settings) -> int:
    """Say what is another now. Raises RoundtableError with everything that is wrong; then nothing is."""
    socket = control_socket(settings.database_file)
    try:
        print(await ask_bot(socket, "reload"))
    except NoBot:
        raise RoundtableError(
            f"No bot listens at {socket}. Each start reads the files anew; one that runs does so on SIGHUP."
        ) from None
    return 0
