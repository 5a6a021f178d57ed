"""What a call of a model uses, before it is made and after: tokens and money, as they are booked."""

from bot import metrics
from bot.discussion.text.money import BILLION
from bot.llm.completion import Completion
from bot.llm.endpoint import Endpoint
from bot.sessions.composing.limits import tokens_in
from bot.store.spending import Used


def of_prompt(endpoint: Endpoint, tokens: int) -> Used:
    """Of a prompt of so many tokens."""
    return _used(tokens, endpoint.cost(tokens, 0))


def of_answer(endpoint: Endpoint, tokens: int) -> Used:
    """Of an answer of so many tokens."""
    return _used(tokens, endpoint.cost(0, tokens))


def of_call(endpoint: Endpoint, completion: Completion, *, prompt: int) -> Used:
    """Of a call that has been answered: what that does not say of its prompt, which was estimated at so many tokens, or
    of itself is estimated."""
    asked = (completion.prompt_tokens or 0) + prompt * completion.uncounted_prompts
    answered = (completion.completion_tokens or 0) + tokens_in(completion.uncounted_chars, endpoint.chars_per_token)
    cost = endpoint.cost(asked, answered, cached=completion.cached_tokens or 0, told=completion.told_cost)
    if cost is not None:
        metrics.ENDPOINT_COST.labels(endpoint.record.name, endpoint.currency).inc(cost / BILLION)
    return _used(asked + answered, cost)


def _used(tokens: int, cost: int | None) -> Used:
    return Used(tokens, unpriced=tokens) if cost is None else Used(tokens, cost)
