"""What went wrong with a call, as a sentence for people. Server texts can quote the key: no sentence holds it."""

import logging
from dataclasses import dataclass
from typing import Final

import openai

from bot.discussion.text.links import plain_links
from bot.errors import ContextOverflow, EndpointDown, EndpointRefused
from bot.llm.client import EndpointClient
from bot.llm.quirks import ErrorKind, ErrorReport, Fact, meaning_of, texts

log = logging.getLogger(__name__)

# Answers that a later try may better, besides 429 and 5xx: request timeout, conflict, too early.
_PASSING: Final = (408, 409, 425)
# So much of a server's words is quoted.
_WORDS_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class SettingNames:
    """How people are told which setting to change. `prefix` is how those of an endpoint begin: LLM, ENDPOINT_FAST."""

    prefix: str
    model: str

    def of(self, name: str) -> str:
        return f"{self.prefix}_{name}"


def read_error(error: openai.APIStatusError) -> ErrorReport:
    """What the server says of an error, wherever in the body it says it."""
    words = list(texts(Fact.ERROR_WORDS, error.body))
    return ErrorReport(
        status=error.status_code,
        text="\n".join([str(error), *words]),
        words=words[0] if words else "",
        code=next(texts(Fact.ERROR_CODE, error.body), None),
        parameter=next(texts(Fact.ERROR_PARAMETER, error.body), None),
    )


def no_model(client: EndpointClient, settings: SettingNames) -> EndpointRefused:
    """The list of models is empty and no model is named."""
    return EndpointRefused(f"The LLM endpoint at {client.host} offers no model. Load one, or set {settings.model}.")


def explained(
    error: Exception, client: EndpointClient, model: str | None, settings: SettingNames
) -> ContextOverflow | EndpointDown | EndpointRefused:
    """One of the client's CALL_ERRORS as a sentence for the channel. `model`: the one asked, if its name is known."""
    at, address = f"The LLM endpoint at {client.host}", settings.of("BASE_URL")
    meaning = meaning_of(read_error(error)) if isinstance(error, openai.APIStatusError) else None
    match error:
        case openai.APIStatusError() if meaning is ErrorKind.OVERFLOW:
            return ContextOverflow(f"{at} says that the prompt is longer than the model's context window.")
        case openai.APIStatusError() if meaning is ErrorKind.QUOTA:
            return EndpointRefused(
                f"{at} says that the quota is used up (HTTP {error.status_code}). Check the account's billing."
            )
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            key = settings.of("API_KEY")
            return EndpointRefused(f"{at} refused the key (HTTP {error.status_code}). Check {key}.")
        case openai.NotFoundError() if model is None:
            return EndpointRefused(
                f"{at} has no list of models (HTTP 404). Check {address} (most end in /v1), or set {settings.model}."
            )
        case openai.NotFoundError():
            return EndpointRefused(f"{at} has no model “{model}” (HTTP 404). Check {settings.model} and {address}.")
        case openai.RateLimitError():
            return EndpointDown(f"{at} is overloaded (HTTP 429).")
        case openai.InternalServerError():
            return EndpointDown(f"{at} has a fault of its own (HTTP {error.status_code}).")
        case openai.APIStatusError() if error.status_code in _PASSING:
            return EndpointDown(f"{at} could not take the request just now (HTTP {error.status_code}).")
        case openai.APIStatusError():
            said = f": {words}" if (words := _quoted(read_error(error).words, client)) else "."
            return EndpointRefused(f"{at} refused the request (HTTP {error.status_code}){said}")
        case openai.APITimeoutError() if _was_refused(error):
            return EndpointDown(f"{at} can't be reached.")
        case openai.APITimeoutError() | TimeoutError():
            return EndpointDown(f"{at} took too long to answer.")
        case openai.APIConnectionError():
            return EndpointDown(f"{at} can't be reached.")
        case _:
            log.warning("unreadable answer from the endpoint: %s", error)
            return EndpointDown(f"{at} gave an answer that can't be read. Check {address}.")


def _quoted(words: str, client: EndpointClient) -> str:
    """What the server says about its refusal, on one line, without the key; members will read it."""
    return client.without_key(plain_links(" ".join(words.split())))[:_WORDS_LIMIT]


def _was_refused(error: BaseException | None) -> bool:
    """Whether a connection failed at once: the SDK's aiohttp transport reports that as a timeout, too."""
    while error is not None:
        if isinstance(error, OSError) and not isinstance(error, TimeoutError):
            return True
        error = error.__cause__
    return False
