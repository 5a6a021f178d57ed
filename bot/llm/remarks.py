"""What whoever hosts the bot may want to know of a model: which one was taken, and what its server keeps to itself."""

from typing import Final

from bot.llm.endpoint_errors import SHORTER, SettingNames
from bot.llm.model_profile import ModelProfile

# Who owns the models of its list.
_OLLAMA: Final = "library"
# In tokens: the cards of two personas and a short task.
_LEAST_PROMPT: Final = 400
# So many names of models are told.
_SHOWN: Final = 5


def of_the_model(profile: ModelProfile, host: str, settings: SettingNames, turn_tokens: int) -> list[str]:
    """All there is to be said of a model that is asked for turns of so many tokens, a sentence each."""
    told = (of_the_choice(profile, host, settings), of_the_window(profile, settings), of_the_room(profile, turn_tokens))
    return [*filter(None, told)]


def of_the_choice(profile: ModelProfile, host: str, settings: SettingNames) -> str:
    """Which model of several was taken where none is named; "" if there was nothing to choose."""
    listed, passed = profile.listed, profile.passed_over
    if len(listed) < 2:
        return ""
    over = f", passing over what holds no discussion ({', '.join(passed[:_SHOWN])})" if passed else ""
    return (
        f"{settings.model} is not set: of the {len(listed)} models at {host} “{profile.model}” is taken, the first in "
        f"its list{over}."
    )


def of_the_window(profile: ModelProfile, settings: SettingNames) -> str:
    """What can be done about a window that the server does not tell; "" where it does."""
    if profile.window is not None:
        return ""
    if profile.owner == _OLLAMA:
        return (
            "This looks like Ollama, which drops what is longer than its context without a word: set "
            f"OLLAMA_CONTEXT_LENGTH there and {settings.of('CONTEXT')} here to the same number of tokens."
        )
    return f"The endpoint does not tell its context window; set {settings.of('CONTEXT')} if long tables are refused."


def of_the_room(profile: ModelProfile, turn_tokens: int) -> str:
    """That the window, beside answers of so many tokens, is too small for the shortest of prompts; "" if it is not."""
    window = profile.window
    if window is None or window - 2 * turn_tokens - profile.thinking >= _LEAST_PROMPT:
        return ""
    return (
        f"A context window of {window:,} tokens leaves hardly any for a prompt beside answers of {turn_tokens:,} "
        f"(the summary may be twice as long). {SHORTER}"
    )


def of_the_cut(window: int, profile: ModelProfile, host: str, settings: SettingNames) -> str:
    """That a server was seen to cut prompts at a window, in tokens."""
    return (
        f"“{profile.model}” at {host} reads no more than {window:,} tokens of a prompt and drops the rest without a "
        "word. From here on prompts are kept within that. For longer ones load the model with a larger context "
        f"(Ollama: OLLAMA_CONTEXT_LENGTH, or num_ctx) and set {settings.of('CONTEXT')} to it."
    )
