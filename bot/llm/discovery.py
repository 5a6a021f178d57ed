"""Which model a server has, and its context window: read from the server's list of models."""

from typing import Any

import openai

from bot.llm.client import CALL_ERRORS, EndpointClient
from bot.llm.json_reading import at
from bot.llm.model_profile import ModelProfile
from bot.llm.quirks import Fact, counts


async def discover(client: EndpointClient, profile: ModelProfile) -> str | None:
    """Ask for the list of models and have the profile learn from it. Out: the model's name; None: the list is empty.

    A server without a list is usable when the host has named the model: no reason to insist on an answer. Raises the
    client's CALL_ERRORS where no model is named.
    """
    named = profile.named
    try:
        models = read_models(await client.list_models(patient=named is None))
    except CALL_ERRORS as error:
        if named is None:
            raise
        profile.learn_unlisted(is_settled=isinstance(error, openai.APIStatusError) and error.status_code < 500)
        return named
    chosen = next((model for model in models if named in (None, model["id"])), {"id": named})
    if chosen["id"]:
        profile.learn_listed(chosen["id"], advertised_window(chosen))
    return chosen["id"]


def read_models(answer: Any) -> list[dict[str, Any]]:
    """The models in a server's list, each with a name. Raises ValueError if it is no list of models."""
    data = at(answer, "data")
    if not isinstance(data, list):
        raise ValueError("no list of models in it")
    return [model for model in data if isinstance(model, dict) and isinstance(model.get("id"), str)]


def advertised_window(model: dict[str, Any]) -> int | None:
    """The context window of a model in the list, in tokens; None if it is not told."""
    return next(filter(None, counts(Fact.WINDOW, model)), None)
