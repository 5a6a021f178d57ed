"""What a model is asked to see whether it takes a turn: a turn's request in all but the prompt.

Whatever it refuses of that it would refuse of a turn, too.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.llm.model_profile import ModelProfile
from bot.llm.request_options import RequestOptions

_PROMPT: Final = "Say yes."
_PREAMBLE: Final = "Be brief.\n\n"  # where the layout has a system message
_REST: Final[Mapping[str, Any]] = {
    "temperature": 0.7,
    "stop": ("\nModerator:", "\nGuest:", "\nHost:", "\nReader:"),  # as many as a turn has at most
}


def probe(profile: ModelProfile, options: RequestOptions, *, max_tokens: int) -> tuple[str, dict[str, Any]]:
    """The prompt, and the request that asks for its continuation."""
    preamble = _PREAMBLE if options.has_system_message else ""
    prompt = f"{preamble}{_PROMPT}"
    return prompt, profile.request(prompt, max_tokens=max_tokens, preamble=preamble, options=options, **_REST)
