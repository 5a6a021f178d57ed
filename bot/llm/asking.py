"""One request to a model: what it does not take of it is mended, and what an error shows of the model is remembered."""

from typing import Any, Final

import openai

from bot.llm.client import EndpointClient, is_wrong_address
from bot.llm.completion import Completion, thought_to_the_limit
from bot.llm.endpoint_errors import report_of
from bot.llm.error_kinds import ErrorKind, meaning_of
from bot.llm.model_profile import ModelProfile

# Errors after which the server may have another model, or be another: it is asked for its list again.
_DOUBTFUL: Final = (ErrorKind.MODEL, ErrorKind.ADDRESS, ErrorKind.KEY, ErrorKind.FAULT, ErrorKind.PASSING)


async def ask(client: EndpointClient, profile: ModelProfile, request: dict[str, Any], *, patient: bool) -> Completion:
    """The answer. A part of the request that the model does not take is mended from here on. Raises CALL_ERRORS."""
    while True:
        try:
            return await client.chat(request, patient=patient)
        except openai.APIStatusError as error:
            report = report_of(error)
            if profile.learn_refusal(report, request):
                continue
            if meaning_of(report) is ErrorKind.UNFINISHED:
                return thought_to_the_limit(profile.limit_of(request))
            if is_wrong_address(error) and await client.adopt_version():
                continue
            raise


def learn_from(error: Exception, profile: ModelProfile, prompt: str) -> float:
    """Out: for how many seconds the server asks to be left alone."""
    if not isinstance(error, openai.APIStatusError):
        profile.doubt()
        return 0.0
    report = report_of(error)
    meaning = meaning_of(report)
    if meaning is ErrorKind.OVERFLOW:
        profile.learn_overflow(report, prompt)
    elif meaning in _DOUBTFUL:
        profile.doubt()
    return report.wait or 0.0
