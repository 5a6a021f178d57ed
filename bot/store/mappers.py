"""Between rows and objects: how sessions, turns, posts and webhooks stand in the database."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Session, Turn, Usage
from bot.discussion.model.steerings import STEERING
from bot.discussion.model.task import Task
from bot.store.models import Fault, Post, PostKind, PostStatus, Status, StoredSession, Webhook


def session_values(stored: StoredSession) -> dict[str, Any]:
    """The columns of `sessions` for a new session, but for its id."""
    session = stored.session
    return {
        "guild_id": stored.guild_id,
        "place_id": stored.place_id,
        "channel_id": stored.channel_id,
        "convener_id": stored.convener_id,
        "anchor_id": stored.anchor_id,
        "status": stored.status,
        "reason": stored.reason,
        "fault": stored.fault,
        "seed": session.seed,
        "task": session.task.model_dump(mode="json"),
        "cast": [persona.model_dump(mode="json") for persona in session.cast],
        "dials": session.dials.model_dump(mode="json"),
        "created_at": stored.created_at,
        "chimers": stored.chimers,
        "is_private": stored.is_private,
        "earlier": session.earlier or None,
    }


def turn_values(turn: Turn) -> dict[str, Any]:
    """The columns of `turns` for a turn, but for its session."""
    return {
        "seq": turn.seq,
        "kind": turn.kind,
        "speaker": turn.speaker,
        "text": turn.text,
        "question": turn.question,
        "addressed": turn.addressed,
        "heard": turn.heard,
        "steering": turn.steering.model_dump(mode="json") if turn.steering else None,
        "raw": turn.raw,
        "flags": list(turn.flags),
        "message_id": turn.message_id,
        "author_id": turn.author_id,
        "withheld": turn.withheld,
    } | (asdict(turn.usage) if turn.usage else {})


def post_values(post: Post) -> dict[str, Any]:
    """The columns of `posts` for a new post, but for its id, session and place."""
    return {
        "turn_seq": post.turn_seq,
        "kind": post.kind,
        "username": post.username,
        "avatar": post.avatar,
        "content": post.content,
        "attachment": post.attachment,
        "status": post.status,
        "after_id": post.after_id or None,
    }


def session_of(row: Row[Any]) -> StoredSession:
    """A row of `sessions`."""
    return StoredSession(
        id=row.id,
        guild_id=row.guild_id,
        place_id=row.place_id,
        channel_id=row.channel_id,
        convener_id=row.convener_id,
        anchor_id=row.anchor_id,
        status=Status(row.status),
        reason=row.reason,
        session=Session(
            task=Task.model_validate(row.task),
            cast=tuple(Persona.model_validate(persona) for persona in row.cast),
            dials=Dials.model_validate(row.dials),
            seed=row.seed,
            earlier=row.earlier or "",
        ),
        created_at=row.created_at,
        fault=Fault(row.fault) if row.fault else None,
        listen_from=row.listen_from or 0,
        chimers=row.chimers,
        ended_at=row.ended_at,
        is_private=row.is_private,
    )


def turn_of(row: Row[Any]) -> Turn:
    """A row of `turns`."""
    usage = Usage(row.finish_reason, row.prompt_tokens, row.cached_tokens, row.completion_tokens, row.latency_ms)
    return Turn(
        seq=row.seq,
        kind=row.kind,
        speaker=row.speaker,
        text=row.text,
        question=row.question,
        addressed=row.addressed,
        heard=row.heard,
        steering=STEERING.validate_python(row.steering) if row.steering else None,
        raw=row.raw,
        flags=tuple(row.flags),
        usage=usage if row.latency_ms is not None else None,
        message_id=row.message_id,
        author_id=row.author_id,
        withheld=row.withheld,
    )


def post_of(row: Row[Any]) -> Post:
    """A row of `posts`."""
    return Post(
        kind=PostKind(row.kind),
        content=row.content,
        attachment=row.attachment,
        username=row.username,
        avatar=row.avatar,
        turn_seq=row.turn_seq,
        id=row.id,
        status=PostStatus(row.status),
        after_id=row.after_id or 0,
        message_id=row.message_id,
        created_at=row.created_at,
        session_id=row.session_id,
    )


def webhook_of(row: Row[Any]) -> Webhook:
    """A row of `webhooks`."""
    return Webhook(row.id, row.channel_id, row.token, row.guild_id)
