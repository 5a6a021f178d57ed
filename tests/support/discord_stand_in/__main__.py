"""The stand-in as a process of its own: `python -m tests.support.discord_stand_in`; SIGINT or SIGTERM ends it."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from . import TOKEN, stand_in


async def serve(port: int, token: str, message_content: bool) -> None:
    """Serve until a signal; the first line of output is JSON with api_url, control_url, gateway_url and token."""
    over = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, over.set)
    async with stand_in(port=port, token=token, message_content=message_content) as running:
        urls = {"api_url": running.api_url, "control_url": running.control_url, "gateway_url": running.gateway_url}
        sys.stdout.write(json.dumps(urls | {"token": running.token}) + "\n")
        sys.stdout.flush()
        await over.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.discord_stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--token", default=TOKEN, help="the bot token it accepts")
    parser.add_argument("--no-message-content", action="store_true", help="switch the Message Content intent off")
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.token, not given.no_message_content))


main()
