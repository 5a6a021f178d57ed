"""`python -m bot.ops.health`: asks the ops server of the bot on this machine whether it is alive. For a health check.

It is run every few seconds, so it imports nothing of the bot, and nothing that it can do without.
"""

import http.client
import json
import os
import sys
from typing import Final

_DEFAULT: Final = "127.0.0.1:8770"
# An address to listen on that is none to ask at: every address of the machine.
_EVERY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # nosec B104 (it is asked for, not bound)
# How long an answer may take, in seconds.
SECONDS: float = 5.0


def ask(bind: str) -> str | None:
    """Ask at an OPS_BIND. Out: what is wrong, in a sentence; None if the bot is alive, or has no ops server."""
    if bind.casefold() == "none":
        return None
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal():
        return f'OPS_BIND "{bind}" is no address. Write a host and a port, such as {_DEFAULT}, or none.'
    connection = http.client.HTTPConnection(_EVERY.get(host, host), int(port), timeout=SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        is_alive = answer.status == 200 and json.loads(answer.read())["alive"] is True
    except TimeoutError:
        return f"The bot does not answer at {bind} within {SECONDS:g} s: it hangs."
    except OSError as error:
        return (
            f"Nobody answers at {bind} ({error.strerror or error}): the bot does not run, or OPS_BIND is another there."
        )
    except (http.client.HTTPException, ValueError, KeyError, TypeError):
        is_alive = False
    finally:
        connection.close()
    return None if is_alive else f"It is not the bot that answers at {bind}. Set OPS_BIND to another address."


def main() -> int:
    """Out: 0 if the bot is alive, else 1 with a sentence on standard error."""
    wrong = ask(os.environ.get("OPS_BIND", "").strip() or _DEFAULT)
    if wrong:
        print(wrong, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
