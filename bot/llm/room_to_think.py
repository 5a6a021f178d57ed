"""Whether a model thinks before it speaks, when its first answer was cut: found out by giving it room for that.

Not where the server says that it does not: in the answer, by a count of thought tokens that is 0; or in its list of
models, as OpenRouter does, which names the parameters that each takes (`discovery.thinks`). No other list tells it
reliably. OpenAI's, vLLM's, LM Studio's and Mistral's say nothing of it; llama.cpp's (`/props`) has the chat template,
which tells what it knows of, and not what the model does; Ollama's has it in `/api/show` only, a request of its own for
each model.
"""

import logging
from collections.abc import Awaitable, Callable

from bot.errors import ContextOverflow, EndpointDown
from bot.llm.completion import Completion
from bot.llm.model_profile import ModelProfile

log = logging.getLogger(__name__)


async def with_room(
    profile: ModelProfile, first: Completion, ask: Callable[[int, bool], Awaitable[Completion]]
) -> Completion:
    """The answer that stands, with what all of them cost: the last where the model reasons, else the first.

    In: `ask(tokens, patient)` has the same prompt answered with so many tokens more, without patience tried once.
    Raises what that raises, if the model is seen to reason.
    """
    rooms = profile.rooms_to_try
    kept = last = first
    while rooms and last.may_lack_words and profile.reasons is not False:
        room = rooms[-1] if profile.reasons else rooms[0]
        rooms = rooms[rooms.index(room) + 1 :]
        try:
            longer = await ask(room, profile.reasons is True)
        except (ContextOverflow, EndpointDown) as problem:
            if profile.reasons:
                raise
            # Most likely it was just long: no reason to drop turns from the prompt, nor to wait for a slow server
            # again.
            if isinstance(problem, EndpointDown):
                profile.learn_no_reasoning()
            return kept
        kept, last = kept.with_cost_of(longer), longer.with_cost_of(last)
    stands = last if profile.reasons else kept
    if last is not first and profile.reasons:
        log.info("%s thinks before it speaks: it gets %d tokens more for that", profile.model, profile.thinking)
    if stands.text.strip():
        profile.learn_no_reasoning()
    return stands
