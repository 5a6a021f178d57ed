"""Runs the real bot again and again: a parent that has imported everything once, and forks for each life.

    python -m tests.chaos.launcher   (orders on its standard input, a JSON object a line; answers on its output)

A forked child is a process like any other: memory, sockets and locks of its own, gone at a SIGKILL. It runs what
`roundtable run` runs. Only the importing is left out, in which the bot does nothing, and some waits are shorter, so
that a trial takes minutes instead of days (`hurry`). No rule of the bot's is changed by that.
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn


def hurry() -> None:
    """Seconds become hundredths: the pace on Discord, the waits before looking again, the libraries' retries."""
    import discord.http
    import discord.shard
    import openai._base_client

    from bot.chat import app, first_contact
    from bot.chat import bot as bot_module
    from bot.chat.posting import webhooks
    from bot.chat.webhook_stage import WebhookStage
    from bot.sessions.delivery import outbox

    WebhookStage.min_pace = 0.0  # type: ignore[assignment]
    outbox.SETTLE_SECONDS = 0.05  # type: ignore[misc]
    outbox.LONGEST_BACKOFF = 0.2  # type: ignore[misc]
    webhooks.SEND_SECONDS = 0.5
    first_contact.LONGEST_RETRY = 0.2  # type: ignore[misc]
    openai._base_client.INITIAL_RETRY_DELAY = 0.02  # type: ignore[attr-defined]
    openai._base_client.MAX_RETRY_DELAY = 0.1  # type: ignore[attr-defined]
    # The library waits a second and more after each 5xx, and before it tries to reach a gateway that is away; nothing
    # else in those modules sleeps for whole seconds.
    discord.http.asyncio = _ShortSleeps(discord.http.asyncio)  # type: ignore[assignment]
    discord.shard.asyncio = _ShortSleeps(discord.shard.asyncio)  # type: ignore[assignment]

    def quick_bot(*args: Any, **options: Any) -> bot_module.RoundtableBot:
        bot = bot_module.create_bot(*args, **options)
        # How long the library waits for further servers before it is ready, and before it identifies itself anew.
        bot._connection.guild_ready_timeout = 0.02
        bot.before_identify_hook = _at_once
        return bot

    app.create_bot = quick_bot


def shorten_leases(seconds: float) -> None:
    """Leases of shards that run out after so many seconds; what hangs together with that in proportion."""
    from datetime import timedelta

    from sqlalchemy import func

    from bot.store import shard_leases, shard_queries

    scale = seconds / shard_queries.LEASE_SECONDS
    shard_queries._UNTIL = func.now() + timedelta(seconds=seconds)  # type: ignore[misc]
    shard_leases.LEASE_SECONDS = seconds  # type: ignore[misc]
    shard_leases.RENEW_SECONDS *= scale
    shard_leases.MARGIN_SECONDS *= scale  # type: ignore[misc]


async def _at_once(shard_id: int | None, *, initial: bool = False) -> None:
    """In place of five seconds between two sessions with the gateway; a whole table is over in less here."""


class _ShortSleeps:
    """asyncio as discord.http sees it, with waits of a twentieth."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def sleep(self, seconds: float) -> None:
        await self._real.sleep(seconds / 20)


def live(cwd: str, env: dict[str, str], log: str) -> NoReturn:
    """In the child: become the bot, with these settings; what it says is appended to `log`."""
    code = 70
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for here, there in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(here, there)

        from bot.cli import main

        shorten_leases(float(env.get("TRIAL_LEASE_SECONDS", "4")))
        code = main(["run"]) or 0
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else 1
    except BaseException:  # noqa: BLE001 (the child must not fall through into the parent's loop)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def obey(order: dict[str, Any], children: set[int]) -> dict[str, Any]:
    """`{"start": {cwd, env, log}}` answers `{"pid": N}`; `{"reap": N}` waits for that child and answers `{"code": N}`
    (-9: killed); `{"peek": N}` answers the same at once, null while it lives."""
    if "start" in order:
        pid = os.fork()
        if pid == 0:
            live(**order["start"])
        children.add(pid)
        return {"pid": pid}
    # Peeking leaves the dead child as it is, so that its number stays its own until it is reaped.
    peek, pid = "peek" in order, order.get("peek") or order["reap"]
    end = os.waitid(os.P_PID, pid, os.WEXITED | (os.WNOHANG | os.WNOWAIT if peek else 0))
    if end is None:
        return {"code": None}
    if not peek:
        children.discard(pid)
    return {"code": end.si_status if end.si_code == os.CLD_EXITED else -end.si_status}


def main() -> None:
    # Ctrl-C reaches the whole group; the driver then closes our input, which ends us in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import alembic.command  # noqa: F401
    import openai.resources.chat  # noqa: F401

    import bot.cli  # noqa: F401

    hurry()
    children: set[int] = set()
    sys.stdout.write('{"ready": true}\n')
    sys.stdout.flush()
    try:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(obey(json.loads(line), children)) + "\n")
            sys.stdout.flush()
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
