"""The control route of a stand-in that runs as a process of its own: POST /control {"method": …, "args": {…}}."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import wire
from .faults import Fault
from .records import JSON
from .state import State
from .world import World

if TYPE_CHECKING:
    from . import StandIn

# A moment's look at the whole, without a method of its own.
LOOKS = ("requests", "webhooks", "emojis", "commands", "channels", "members", "messages", "interactions")


async def control(stand_in: StandIn, http: web.Request) -> web.Response:
    """Carry out one order. Answers {"result": …}, or 400 {"error": sentence}.

    Orders: every public verb of World by name (records are named by id or name, positional arguments go in "list"),
    `look` {"at": "requests"}, `fault` {"method", "path", "kind", …}, `release`, and `reconnect`, `invalidate`, `drop`,
    `shut`, `reopen`, `settled` of the gateway.
    """
    try:
        order = await http.json()
        result = await _obey(stand_in, order["method"], order.get("list") or [], order.get("args") or {})
    except (LookupError, TypeError, ValueError, PermissionError, TimeoutError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
    return web.json_response({"result": wire.plain(result)})


async def _obey(stand_in: StandIn, method: str, positional: list[Any], args: JSON) -> Any:
    world, gateway = stand_in.world, stand_in.gateway
    match method:
        case "look":
            if args["at"] not in LOOKS:
                raise LookupError(f"nothing to look at called {args['at']!r} (there is: {', '.join(LOOKS)})")
            found = getattr(world, args["at"])
            return list(found.values()) if isinstance(found, dict) else found
        case "fault":
            return _plan(stand_in, **args)
        case "release":
            return stand_in.faults.release()
        case "settled":
            return await gateway.settled()
        case "reconnect" | "invalidate" | "drop" | "shut" | "reopen":
            return getattr(gateway, method)(**args)
    verb = getattr(world, method, None)
    # The verbs are what World adds to State; State's own methods are the stand-in's plumbing.
    if method.startswith("_") or verb is None or hasattr(State, method) or not hasattr(World, method):
        raise LookupError(f"no order {method!r}")
    result = verb(*positional, **args)
    return await result if inspect.isawaitable(result) else result


def _plan(stand_in: StandIn, method: str, path: str, kind: str, **more: Any) -> None:
    plan = {key: more.pop(key) for key in ("times", "skip", "content") if key in more}
    stand_in.faults.next(method, path, getattr(Fault, kind)(**more), **plan)
