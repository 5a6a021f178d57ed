"""Which model a server has, and its context window: read from the server's list of models."""

import logging
import re
from dataclasses import dataclass
from typing import Any, Final

from bot.llm.client import CALL_ERRORS, EndpointClient
from bot.llm.json_reading import at
from bot.llm.model_profile import ModelProfile
from bot.llm.quirks import Fact, counts, texts, texts_listed

log = logging.getLogger(__name__)

# Where a list of models stands in an answer: OpenAI's, Ollama's and Gemini's own, Cloudflare's.
_LISTS: Final = ("data", "models", "result")
# What a model is for that holds no discussion: words of its name, or of what a server calls its type or task.
_NO_CHAT: Final = re.compile(
    r"embed|(?<![a-z])(?:bge|e5|gte|minilm|colbert|nomic|ada-\d|stt|tts|asr|clip|ocr|vae|lora)(?![a-z])|whisper|parakeet"
    r"|rerank|moderation|guard(?:ian|rail)?(?![a-z])|shield|speech|audio|voice|transcri|kokoro|realtime"
    r"|dall-e|diffusion|sdxl|flux|image(?!-text)|imagen|video|veo-|sora|feature-extraction|classif|babbage|davinci"
    r"|reward|aqa(?![a-z])",
    re.I,
)
# A model that speaks, too, may well be for more than that.
_CHAT: Final = re.compile(
    r"chat|text-generation|(?<![a-z])(?:llm|vlm|text|language|generate|conversational)(?![a-z])", re.I
)


@dataclass(frozen=True, slots=True)
class OwnList:
    """A further list of a server's, which tells windows that the usual one does not: told by who owns a model there."""

    owner: str
    path: str
    source: str


OWN_LISTS: Final = (
    OwnList("organization_owner", "/api/v0/models", "https://lmstudio.ai/docs/developer/rest/endpoints"),
    OwnList("library", "/api/ps", "https://docs.ollama.com/api: list running models"),
)


async def discover(client: EndpointClient, profile: ModelProfile) -> str | None:
    """Ask for the list of models and have the profile learn from it. Out: the model's name; None: the list is empty.

    A server without a list is usable when the host has named the model: no reason to insist on an answer, nor to ask
    for it again with each turn. Raises the client's CALL_ERRORS where no model is named.
    """
    named = profile.named
    try:
        models = read_models(await client.list_models(patient=named is None))
    except CALL_ERRORS as error:
        if named is None:
            raise
        log.info("no list of models from %s (%s); going on with %s", client.host, type(error).__name__, named)
        profile.learn_unlisted()
        return named
    if named is not None:
        model = next((model for name, model in models if _is_same(name, named)), {})
        profile.learn_listed(
            named, await _window(client, named, model), owner=at(model, "owned_by"), thinks=thinks(model)
        )
        return named
    if not models:
        return None
    first = next((place for place, model in enumerate(models) if speaks(*model)), 0)
    name, model = models[first]
    profile.learn_choice([other for other, _ in models], passed_over=first)
    profile.learn_listed(name, await _window(client, name, model), owner=at(model, "owned_by"), thinks=thinks(model))
    return name


async def _window(client: EndpointClient, name: str, model: Any) -> int | None:
    """The context window of a model in the list, also where only the server's own list tells it."""
    own = next((own for own in OWN_LISTS if at(model, "owned_by") == own.owner), None)
    if (window := window_of(model)) is not None or own is None:
        return window
    try:
        models = read_models(await client.get_beside(own.path))
    except CALL_ERRORS as error:
        log.info("no windows from %s%s (%s)", client.host, own.path, type(error).__name__)
        return None
    return next((window_of(listed) for other, listed in models if _is_same(other, name)), None)


def read_models(answer: Any) -> list[tuple[str, Any]]:
    """The models in a server's list, by name. Raises ValueError if it is no list of models."""
    listed = answer
    if isinstance(answer, dict):
        key = next((key for key in _LISTS if key in answer), None)
        if key is None:
            raise ValueError("no list of models in it")
        listed = answer[key]
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise ValueError("no list of models in it")
    named = [(model if isinstance(model, str) else next(texts(Fact.NAME, model), ""), model) for model in listed]
    return [(name, model) for name, model in named if name]


def speaks(name: str, model: Any) -> bool:
    """Whether a model of the list is one for chat, as far as is told."""
    if at(model, "active") is False or at(model, "capabilities", "completion_chat") is False:  # Groq; Mistral
        return False
    outputs = texts_listed(Fact.OUTPUTS, model)
    if outputs and "text" not in map(str.casefold, outputs):
        return False
    told = " ".join(texts(Fact.TASK, model))
    return not _NO_CHAT.search(name) and (not _NO_CHAT.search(told) or bool(_CHAT.search(told)))


def window_of(model: Any) -> int | None:
    """The context window of a model in the list, in tokens; None if it is not told.

    The least of what is told: a server lists what a model could take beside what it was loaded with.
    """
    return min(filter(None, counts(Fact.WINDOW, model)), default=None)


def thinks(model: Any) -> bool | None:
    """Whether a model of the list thinks before it speaks: False where the list tells the parameters that it takes, and
    none of them is about that. None: not told, or only that it can."""
    parameters = texts_listed(Fact.PARAMETERS, model)
    return False if parameters and not any("reasoning" in name for name in parameters) else None


def _is_same(listed: str, named: str) -> bool:
    """Whether a model of the list is the one that the host names: Ollama adds a tag, Gemini a folder."""
    listed, named = listed.casefold(), named.casefold()
    return listed in (named, f"{named}:latest", f"models/{named}")
