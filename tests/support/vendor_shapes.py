"""In which shapes vendors' servers refuse, and when they do: what the rows of the stand-in are made of."""

import json
from collections.abc import Callable
from typing import Any

from tests.support.endpoint_stand_in import Answer, Request, ScriptedEndpoint, gives, model_list, says

# A vendor's answer to a request; None: the model says something new.
Behaviour = Callable[[Request, ScriptedEndpoint], Answer | None]


def error(status: int = 400, headers: dict[str, str] | None = None, /, **fields: Any) -> Answer:
    """OpenAI's shape: an object under `error`."""
    return Answer(status=status, body=json.dumps({"error": fields}), headers=headers or {})


def text_error(text: str, status: int = 400, **beside: Any) -> Answer:
    """A text under `error`: xAI, LM Studio, Ollama."""
    return gives({"error": text, **beside}, status)


def detail(*problems: dict[str, Any], status: int = 422) -> Answer:
    """FastAPI's list under `detail`."""
    return gives({"detail": list(problems)}, status)


def google(status: int, message: str, code: str, *details: Any) -> Answer:
    """Gemini behind its OpenAI address: a list around the object."""
    return gives([{"error": {"code": status, "message": message, "status": code, "details": list(details)}}], status)


def passed_on(inner: Any, code: int, status: int | None = None, **metadata: Any) -> Answer:
    """OpenRouter, with what the provider behind it has answered. https://openrouter.ai/docs/api-reference/errors"""
    raw = inner if isinstance(inner, str) else json.dumps(inner)
    body = {"message": "Provider returned error", "code": code, "metadata": {"raw": raw, **metadata}}
    return gives({"error": body}, code if status is None else status)


def unless(answer: Answer, *, has: str = "", lacks: str = "") -> Behaviour:
    """Refuses a request that has a parameter, or lacks one."""

    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer | None:
        return answer if (has and has in request.body) or (lacks and lacks not in request.body) else None

    return behaviour


def within(window: int, refusal: Callable[[int, int], Answer]) -> Behaviour:
    """Refuses what is longer than a window in tokens, of which it takes four characters for one. `refusal` is given the
    window and the tokens of the prompt."""

    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer | None:
        tokens = round(len(request.prompt) / server.chars_per_token)
        return refusal(window, tokens) if tokens + request.body["max_tokens"] > window else None

    return behaviour


def always(answer: Answer) -> Behaviour:
    return lambda request, server: answer


def at_first(answer: Answer, *, times: int = 1) -> Behaviour:
    """Answers so a few times, then as usual."""
    return lambda request, server: answer if len(server.asked) <= times else None


def bounded(least: int, refusal: Answer) -> Behaviour:
    return lambda request, server: refusal if request.body["max_tokens"] < least else None


def both(*behaviours: Behaviour) -> Behaviour:
    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer | None:
        return next(filter(None, (one(request, server) for one in behaviours)), None)

    return behaviour


def listing(*names: str, **extra: Any) -> Answer:
    return gives(model_list(*names, **extra))


def declines(words: str = "I can't help with that.") -> Answer:
    """OpenAI: the model refuses. https://platform.openai.com/docs/api-reference/chat/object"""
    return Answer("", message={"content": None, "refusal": words})


def filtered(text: str, reason: str = "content_filter") -> Answer:
    """A filter has taken the rest of the answer."""
    return says(text, finish_reason=reason)


def minds(word: str, refusal: Answer) -> Behaviour:
    """A filter that refuses a prompt with a word in it."""
    return lambda request, server: refusal if word in request.prompt else None


def cuts_at(window: int) -> Behaviour:
    """Ollama: reads the end of a prompt only, and counts that. https://docs.ollama.com/faq: context window"""

    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer:
        tokens = min(round(len(request.prompt) / server.chars_per_token), window)
        return says(server.sentence(), usage={"prompt_tokens": tokens, "completion_tokens": 20})

    return behaviour


def counts_what_is_new() -> Behaviour:
    """Leaves out of the count what it has in its cache: what the prompt has in common with the one before it."""

    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer:
        before = server.prompts[-2] if len(server.asked) > 1 else ""
        same = next((at for at, (a, b) in enumerate(zip(before, request.prompt, strict=False)) if a != b), len(before))
        tokens = max(1, round((len(request.prompt) - same) / server.chars_per_token))
        return says(server.sentence(), usage={"prompt_tokens": tokens, "completion_tokens": 20})

    return behaviour
