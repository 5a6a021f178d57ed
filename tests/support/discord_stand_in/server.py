"""The HTTP side: takes a request, records it, applies a fault, has it carried out and answers as Discord does."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from . import refusals
from .faults import Fault, Faults
from .gateway import Gateway
from .limits import RateLimits, too_many
from .records import ApiRequest, Channel
from .refusals import ApiRefusal
from .state import Event
from .world import World

API = "/api/v10"
_log = logging.getLogger(__name__)


@dataclass
class ApiCall:
    """One request, read in full, for a handler to carry out."""

    world: World
    request: ApiRequest
    host: str
    params: dict[str, str]
    as_bot: bool

    @property
    def json(self) -> Any:
        return self.request.json if self.request.json is not None else {}

    def id(self, name: str) -> int:
        """A numeric part of the path; unknown route if it isn't a number."""
        if not self.params[name].isdigit():
            raise refusals.no_route()
        return int(self.params[name])

    def flag(self, name: str) -> bool:
        """A query parameter that is on or off."""
        return self.request.query.get(name, "").lower() in ("1", "true")

    def channel(self, name: str = "channel") -> Channel:
        """The channel or thread in the path, if the bot can see it."""
        channel = self.world.channels.get(self.id(name))
        if channel is None:
            raise refusals.unknown("Channel")
        self.world.require(channel)
        return channel


Handler = Callable[[ApiCall], Any]
ROUTES: list[tuple[str, str, Handler, bool]] = []


def route(method: str, path: str, *, auth: bool = True) -> Callable[[Handler], Handler]:
    """Register a handler for this path below /api/v10: it returns JSON, or None for 204, or raises ApiRefusal."""

    def register(handler: Handler) -> Handler:
        ROUTES.append((method, path, handler, auth))
        return handler

    return register


class Server:
    """The aiohttp application of one stand-in."""

    def __init__(self, world: World, faults: Faults, gateway: Gateway) -> None:
        self.world, self.faults, self.gateway = world, faults, gateway
        self.limits = RateLimits(time.monotonic)
        self._later: set[asyncio.Task[None]] = set()
        self.app = web.Application(client_max_size=32 * 1024 * 1024)
        self.app.router.add_get("/gateway", gateway.serve)
        for method, path, handler, auth in ROUTES:
            self.app.router.add_route(method, API + path, self._served(handler, auth))
        self.app.router.add_route("*", API + "/{rest:.*}", self._served(_no_route, auth=False))

    def _served(self, handler: Handler, auth: bool):
        async def serve(http: web.Request) -> web.StreamResponse:
            request = await _read(http)
            self.world.requests.append(request)
            as_bot = http.headers.get("Authorization") == f"Bot {self.world.token}"
            call = ApiCall(self.world, request, http.host, dict(http.match_info), as_bot)
            wait, told = self._limited(call)
            fault = self.faults.take(request) if wait is None else None
            response = await self._meet(fault, lambda: _carry_out(handler, call, auth, told, wait))
            if response is None:
                _reset(http)
                return web.Response()
            request.status = response.status
            return response if fault is None or fault.body is None else await _other_body(http, *fault.body)

        return serve

    def _limited(self, call: ApiCall) -> tuple[float | None, dict[str, str]]:
        """For how long a request to a webhook comes too early, if it does, and what its answer tells of limits."""
        number = call.params.get("webhook", "")
        webhook = self.world.webhooks.get(int(number)) if number.isdigit() else None
        return self.limits.count(call.request.method, webhook) if webhook else (None, {})

    async def _meet(self, fault: Fault | None, carry_out: Callable[[], web.Response]) -> web.Response | None:
        """Carry the request out as far as the fault lets it: the answer, or None if the connection is to be reset."""
        if fault is None:
            return carry_out()
        if fault.hangs and not fault.stores:
            await fault.released.wait()
        response = None
        if fault.stores or fault.hangs:
            with self.world.holding_events() as events:
                response = carry_out()
            await self._send(events, fault)
        if fault.hangs and fault.stores:
            await fault.released.wait()
        if fault.answer is not None:
            status, body, headers = fault.answer
            response = _json(body, status, headers)
        return None if fault.resets else response

    async def _send(self, events: list[Event], fault: Fault) -> None:
        if fault.event in ("now", "before_reply"):
            self.world.publish(events)
        if fault.event == "before_reply":
            await self.gateway.settled()
        if fault.event == "after_reply":

            async def follow() -> None:
                await fault.released.wait()
                self.world.publish(events)

            task = asyncio.create_task(follow())
            self._later.add(task)
            task.add_done_callback(self._later.discard)


def _carry_out(handler: Handler, call: ApiCall, auth: bool, told: dict[str, str], wait: float | None) -> web.Response:
    if wait is not None:
        body, headers = too_many(wait)
        return _json(body, 429, told | headers)
    response = _answered(handler, call, auth)
    response.headers.update(told)
    return response


def _answered(handler: Handler, call: ApiCall, auth: bool) -> web.Response:
    try:
        if auth and not call.as_bot:
            raise refusals.unauthorised()
        result = handler(call)
    except ApiRefusal as refusal:
        return _json(refusal.body, refusal.status)
    except Exception:  # noqa: BLE001
        # A hole in the stand-in itself: the test should see it as such, not as one of Discord's bad days.
        _log.exception("the stand-in failed at %s %s", call.request.method, call.request.path)
        return _json({"message": "the stand-in itself failed, see its log", "code": -1}, 501)
    return web.Response(status=204) if result is None else _json(result)


def _no_route(call: ApiCall) -> None:
    _log.warning("the stand-in has no %s %s", call.request.method, call.request.path)
    raise refusals.no_route()


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Exactly this content type, without a charset: discord.py reads nothing else as JSON.
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json", headers=headers)


async def _read(http: web.Request) -> ApiRequest:
    payload, files = None, []
    if http.content_type.startswith("multipart/"):
        form = await http.post()
        for name, value in form.items():
            if name == "payload_json":
                payload = json.loads(value if isinstance(value, str) else str(value))
            elif isinstance(value, web.FileField):
                size = len(value.file.read())
                files.append({"filename": value.filename, "size": size, "content_type": value.content_type})
    elif body := await http.read():
        try:
            payload = json.loads(body)
        except ValueError:
            payload = body.decode(errors="replace")
    at = asyncio.get_running_loop().time()
    path = http.path.removeprefix(API)
    return ApiRequest(at, http.method, path, dict(http.query), payload, files, http.headers.get("X-Audit-Log-Reason"))


async def _other_body(http: web.Request, body: bytes, promised: int) -> web.StreamResponse:
    """An answer that isn't Discord's, or only the beginning of one."""
    kind = "text/html" if body.startswith(b"<") else "application/json"
    answer = web.StreamResponse(headers={"Content-Type": kind, "Content-Length": str(promised)})
    await answer.prepare(http)
    await answer.write(body)
    if promised > len(body) and http.transport is not None:
        http.transport.close()
    return answer


def _reset(http: web.Request) -> None:
    """End the connection with a TCP reset, as a failing machine does."""
    transport = http.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
