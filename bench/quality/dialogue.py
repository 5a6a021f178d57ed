"""A discussion held outside the product, so that prompt layouts can be compared: the same moderator, cues, clean-up
and second try as a session has; only how the messages are laid out is another.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from openai import AsyncOpenAI, DefaultAioHttpClient

from bot.discussion.model.names import addressed
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, Turn, moderator_turn
from bot.discussion.model.steerings import QuestionPut, WrapUpCalled
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import Open, Speak, WrapUp
from bot.discussion.prompts.prompt import Cue, stop_strings
from bot.discussion.replies.guards import objection
from bot.discussion.replies.reply import clean
from bot.discussion.replies.trimming import trimmed

Message = dict[str, str]
# In: session, record so far, who speaks and what the moderator tells them. Out: the messages of the request.
Layout = Callable[[Session, Record, Persona, Cue], Sequence[Message]]

# A local model answers within this, in seconds.
TIMEOUT: Final = 300.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its answer. Tokens as the server counts them: `prefilled` had to be read, `cached` were known.

    `prefill_ms` and `decode_ms` are the server's own; `cpu_ms` is what the client took, waiting not included.
    """

    text: str
    finish_reason: str | None
    prompt: int
    cached: int
    prefilled: int
    answer: int
    prefill_ms: float
    decode_ms: float
    cpu_ms: float


@dataclass(slots=True)
class Talk:
    """A discussion: its record, and the calls each persona turn took."""

    session: Session
    record: Record = field(default_factory=Record)
    calls: dict[int, list[Call]] = field(default_factory=dict[int, list[Call]])


class Chat:
    """A model at an OpenAI-compatible server, asked with any messages. Close it with `aclose()`."""

    def __init__(self, base_url: str) -> None:
        self._client = AsyncOpenAI(
            base_url=base_url, api_key="none", timeout=TIMEOUT, max_retries=0, http_client=DefaultAioHttpClient()
        )

    async def aclose(self) -> None:
        await self._client.close()

    async def ask(self, messages: Sequence[Message], **options: Any) -> Call:
        started = time.process_time()
        answer = await self._client.chat.completions.with_raw_response.create(
            model="any",
            messages=list(messages),  # type: ignore[arg-type]
            **options,
        )
        body: Any = answer.http_response.json()
        cpu = time.process_time() - started
        usage, timings = body["usage"], body.get("timings") or {}
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or timings.get("cache_n") or 0
        return Call(
            text=body["choices"][0]["message"]["content"] or "",
            finish_reason=body["choices"][0]["finish_reason"],
            prompt=usage["prompt_tokens"],
            cached=cached,
            prefilled=usage["prompt_tokens"] - cached,
            answer=usage["completion_tokens"],
            prefill_ms=timings.get("prompt_ms", 0.0),
            decode_ms=timings.get("predicted_ms", 0.0),
            cpu_ms=cpu * 1000,
        )


async def hold(
    session: Session, chat: Chat, layout: Layout, *, max_tokens: int, slot: int = 0, guarded: bool = True
) -> Talk:
    """Hold a discussion up to its summary. A useless answer is asked for once more, then it is a pass; without
    `guarded` each turn is one call, and whatever is left of its answer counts.

    Raises openai.OpenAIError, with a context that is full among its reasons.
    """
    talk = Talk(session)
    record = talk.record
    while True:
        match next_step(session, record):
            case Open(question):
                record.append(moderator_turn(record, QuestionPut(question=question), question))
            case WrapUp():
                record.append(moderator_turn(record, WrapUpCalled(), ""))
            case Speak(persona, cue):
                turn, calls = await _take_turn(session, record, chat, layout, persona, cue, max_tokens, slot, guarded)
                record.append(turn)
                talk.calls[turn.seq] = calls
            case _:
                return talk


async def _take_turn(
    session: Session,
    record: Record,
    chat: Chat,
    layout: Layout,
    persona: Persona,
    cue: Cue,
    max_tokens: int,
    slot: int,
    guarded: bool,
) -> tuple[Turn, list[Call]]:
    others = [p for p in session.cast if p is not persona]
    calls: list[Call] = []
    note, text, flags = "", "", list[str]()
    for _ in range(2):
        call = await chat.ask(
            layout(session, record, persona, replace(cue, again=note)),
            temperature=persona.creativity,
            max_tokens=max_tokens,
            stop=["\n"] if getattr(layout, "one_line", False) else list(stop_strings(session, record, persona)),
            extra_body={"seed": session.seed * 1000 + record.last_seq, "id_slot": slot},
        )
        calls.append(call)
        reply = clean(call.text, speaker=persona, others=others, finish_reason=call.finish_reason)
        reply = trimmed(reply, session, record, persona) if guarded else reply
        problem = objection(reply, session, record, persona, summary=False)
        text, flags = reply.text, [*reply.flags]
        if problem is None or not guarded:
            break
        note, text = problem.note, ""
        flags.append(problem.flag)
    return Turn(
        record.last_seq + 1,
        "persona",
        persona.name,
        text,
        question=cue.question,
        addressed=addressed(text, session.cast, speaker=persona.name),
        heard=record.last_seq,
        raw=calls[-1].text,
        flags=tuple(dict.fromkeys(flags)),
    ), calls
