"""The gateway: a websocket that greets, identifies, resumes and sends the world's events to each connected bot."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from . import wire
from .records import JSON, Channel
from .servers import shard_of
from .world import World

# Opcodes and close codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, REQUEST_MEMBERS = 0, 1, 2, 6, 7, 8
INVALID_SESSION, HELLO, HEARTBEAT_ACK = 9, 10, 11
AUTHENTICATION_FAILED, INVALID_SHARD, SHARDING_REQUIRED, DISALLOWED_INTENTS = 4004, 4010, 4011, 4014
HEARTBEAT_INTERVAL_MS = 41_250

# Intents, and the application flags (full, or limited to small bots) that allow the privileged ones.
GUILDS, GUILD_MEMBERS, WEBHOOKS, PRESENCES = 1 << 0, 1 << 1, 1 << 5, 1 << 8
GUILD_MESSAGES, GUILD_MESSAGE_REACTIONS, MESSAGE_CONTENT = 1 << 9, 1 << 10, 1 << 15
PRIVILEGED = {PRESENCES: 3 << 12, GUILD_MEMBERS: 3 << 14, MESSAGE_CONTENT: 3 << 18}
INTENT_OF = {
    "GUILD_MEMBER": GUILD_MEMBERS,
    "GUILD_": GUILDS,
    "CHANNEL_": GUILDS,
    "THREAD_": GUILDS,
    "WEBHOOKS_": WEBHOOKS,
    "MESSAGE_REACTION_": GUILD_MESSAGE_REACTIONS,
    "MESSAGE_": GUILD_MESSAGES,
}


@dataclass
class Session:
    """What the gateway knows of one bot's shard, connected or not: its intents and the events it has been sent."""

    id: str
    intents: int
    shard: int = 0
    shards: int = 1
    sent: list[JSON] = field(default_factory=list)
    seen: int = 0  # the highest sequence number the bot has owned up to
    line: Line | None = None

    def dispatch(self, event: str, data: Any) -> None:
        self.sent.append({"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": data})
        if self.line is not None:
            self.line.send(self.sent[-1])


class Line:
    """One websocket connection; frames go out in order, as one zlib stream if the bot asked for that."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, *, compress: bool) -> None:
        self.socket, self.transport = socket, transport
        self.session: Session | None = None
        self.is_closing = False
        self._frames: asyncio.Queue[JSON | int] = asyncio.Queue()
        self._zlib = zlib.compressobj() if compress else None

    def send(self, frame: JSON) -> None:
        self._frames.put_nowait(frame)

    def close(self, code: int) -> None:
        self.is_closing = True
        self._frames.put_nowait(code)

    async def write(self) -> None:
        """Runs until cancelled, or until the bot is gone."""
        with contextlib.suppress(ConnectionError):
            while not isinstance(frame := await self._frames.get(), int):
                text = json.dumps(frame)
                if self._zlib is None:
                    await self.socket.send_str(text)
                else:
                    packed = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(packed)
            await self.socket.close(code=frame)


class Gateway:
    """Serves /gateway. `repeat` is how many events a RESUME repeats that the bot already has."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.repeat = 0
        # With this code the next IDENTIFYs are answered.
        self.refuses_with: int | None = None
        self._identified: dict[int, float] = {}
        self.identifies: list[JSON] = []
        self.resumes = 0
        self.sessions: list[Session] = []
        self._lines: list[Line] = []
        self._open = asyncio.Event()
        self._open.set()
        world.listeners.append(self._on_event)

    @property
    def connected(self) -> list[Session]:
        return [each for each in self.sessions if each.line is not None]

    # Moods of the gateway, for tests.

    def reconnect(self, shard: int | None = None) -> None:
        """Ask every bot (or one shard) to reconnect and resume."""
        for session in self._of(shard):
            self._send(session, {"op": RECONNECT, "d": None})

    def invalidate(self, shard: int | None = None, *, resumable: bool = False) -> None:
        """Tell every bot (or one shard) that its session is invalid; if not `resumable` it has to identify anew."""
        for session in self._of(shard):
            self._send(session, {"op": INVALID_SESSION, "d": resumable})
            if not resumable:
                self.sessions.remove(session)

    def drop(self, shard: int | None = None) -> None:
        """Cut every connection (or one shard's) without a word. The sessions stay, so the bots can resume."""
        for session in self._of(shard):
            if session.line and session.line.transport:
                session.line.transport.abort()

    def _of(self, shard: int | None) -> list[Session]:
        return [each for each in self.connected if shard in (None, each.shard)]

    def shut(self) -> None:
        """An outage of the gateway alone: every connection is cut, and newcomers wait outside until `reopen()`."""
        self._open.clear()
        self.drop()

    def reopen(self) -> None:
        self._open.set()

    async def settled(self, timeout: float = 5.0) -> None:
        """Return once every connected bot has taken in all that was sent (its heartbeat says how far it is)."""
        waiting = [(session, len(session.sent)) for session in self.connected]
        for session, _ in waiting:
            self._send(session, {"op": HEARTBEAT, "d": None})
        await self.world.until(
            lambda: all(session.seen >= upto or session.line is None for session, upto in waiting),
            timeout=timeout,
            what="the bot's heartbeat",
        )

    def _send(self, session: Session, frame: JSON) -> None:
        if session.line is not None:
            session.line.send(frame)

    # Events.

    def _on_event(self, event: str, data: JSON, channel: Channel | None) -> None:
        server = int(data.get("guild_id") or (data["id"] if event in ("GUILD_CREATE", "GUILD_DELETE") else 0))
        is_there = server in self.world.further or (self.world.in_guild and self.world.available)
        # Commands can be used where the bot itself is not: https://discord.com/developers/docs/interactions/overview.
        if is_there or event in ("INTERACTION_CREATE", "GUILD_DELETE"):
            for session in self.sessions:
                if shard_of(server, session.shards) == session.shard:
                    self._dispatch(session, event, data, channel)

    def _dispatch(self, session: Session, event: str, data: JSON, channel: Channel | None) -> None:
        needed = next((intent for name, intent in INTENT_OF.items() if event.startswith(name)), 0)
        if event == "GUILD_MEMBER_UPDATE" and data["user"]["id"] == str(self.world.bot.id):
            # https://discord.com/developers/docs/events/gateway#list-of-intents: whatever the intents are.
            needed = 0
        if session.intents & needed != needed:
            return
        if channel is not None and not self.world.sees(channel):
            return
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not session.intents & MESSAGE_CONTENT:
            data = wire.redacted(data, self.world.bot.id)
        session.dispatch(event, data)

    # The protocol.

    async def serve(self, http: web.Request) -> web.WebSocketResponse:
        await self._open.wait()
        socket = web.WebSocketResponse()
        await socket.prepare(http)
        # discord.py also takes plain text where it asked for a compression that is not spoken here.
        line = Line(socket, http.transport, compress=http.query.get("compress") == "zlib-stream")
        self._lines.append(line)
        writer = asyncio.create_task(line.write())
        line.send({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_INTERVAL_MS}})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._take(line, json.loads(message.data), http.host)
        finally:
            if line.is_closing:
                # Whoever hangs up before the bot has answered takes the code with them: the library then sees 1006.
                await asyncio.wait([writer], timeout=1)
            writer.cancel()
            self._lines.remove(line)
            self._hang_up(line)
        return socket

    def _hang_up(self, line: Line) -> None:
        session = line.session
        if session is None or session.line is not line:
            return
        session.line = None
        # 1000 and 1001 are the bot's goodbye; after anything else it may come back and resume.
        if line.socket.close_code in (1000, 1001) and session in self.sessions:
            self.sessions.remove(session)

    def _take(self, line: Line, frame: JSON, host: str) -> None:
        data = frame.get("d")
        match frame["op"]:
            case 1:
                if line.session is not None:
                    line.session.seen = max(line.session.seen, data or 0)
                line.send({"op": HEARTBEAT_ACK, "d": None})
            case 2:
                self._identify(line, data or {}, host)
            case 6:
                self._resume(line, data or {})
            case 8:
                self._members(line, data or {})

    def _identify(self, line: Line, data: JSON, host: str) -> None:
        world = self.world
        self.identifies.append(data)
        if data.get("token") != world.token:
            return line.close(AUTHENTICATION_FAILED)
        if world.session_starts <= 0:
            # Every session ends, the token is a new one: https://discord.com/developers/docs/events/gateway#identifying.
            world.token = "reset"
            for each in self._lines:
                each.close(AUTHENTICATION_FAILED)
            return None
        world.session_starts -= 1
        intents = data["intents"]
        for intent, flags in PRIVILEGED.items():
            if intents & intent and not world.application_flags & flags:
                return line.close(DISALLOWED_INTENTS)
        if self.refuses_with is not None:
            return line.close(self.refuses_with)
        shard, shards = data.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            return line.close(INVALID_SHARD)
        if shards < world.least_shards:
            return line.close(SHARDING_REQUIRED)
        if self._too_soon(shard):
            return line.send({"op": INVALID_SESSION, "d": False})
        session = Session(secrets.token_hex(16), intents, shard, shards, line=line)
        line.session = session
        self.sessions.append(session)
        servers = world.servers(shard, shards)
        ready = {
            "v": 10,
            "user": wire.user(world.bot),
            "guilds": [{"id": str(each), "unavailable": True} for each in servers],
            "session_id": session.id,
            "resume_gateway_url": f"ws://{host}/gateway",
            "shard": [shard, shards],
            "application": {"id": str(world.application_id), "flags": world.application_flags},
        }
        session.dispatch("READY", ready)
        every_member = bool(intents & GUILD_MEMBERS)
        for each in servers if intents & GUILDS else []:
            if world.available or each != world.guild_id:
                session.dispatch("GUILD_CREATE", wire.guild(world, each, full=True, every_member=every_member))
        return None

    def _too_soon(self, shard: int) -> bool:
        """https://docs.discord.com/developers/events/gateway#sharding-max-concurrency"""
        bucket, at = shard % self.world.max_concurrency, time.monotonic()
        last, self._identified[bucket] = self._identified.get(bucket, float("-inf")), at
        return at - last < self.world.identify_seconds

    def _resume(self, line: Line, data: JSON) -> None:
        session = next((each for each in self.sessions if each.id == data.get("session_id")), None)
        if session is None or data.get("token") != self.world.token:
            line.send({"op": INVALID_SESSION, "d": False})
            return
        self.resumes += 1
        line.session, session.line = session, line
        for frame in session.sent[max(1, (data.get("seq") or 0) - self.repeat) :]:  # READY is never repeated
            line.send(frame)
        session.dispatch("RESUMED", {})

    def _members(self, line: Line, data: JSON) -> None:
        if line.session is None:
            return
        wanted = {int(each) for each in data.get("user_ids") or []}
        query = (data.get("query") or "").lower()
        everybody = self.world.members.values()
        found = [m for m in everybody if (m.id in wanted if wanted else m.name.lower().startswith(query))]
        chunk = {"guild_id": str(self.world.guild_id), "members": [wire.member(each) for each in found]}
        chunk |= {"chunk_index": 0, "chunk_count": 1, "not_found": [], "nonce": data.get("nonce")}
        line.session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    async def close(self) -> None:
        """Hang up on everybody."""
        self._open.set()
        for line in list(self._lines):
            await line.socket.close(code=1001)
