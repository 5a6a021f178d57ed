"""How the calls of one endpoint have gone: counted in the metrics, and what is wrong with it now."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from bot import metrics
from bot.errors import ContentFiltered, ContextOverflow, EndpointDown, EndpointRefused, RoundtableError
from bot.llm.completion import Completion

# Whose answer these are, that one is up.
_ANSWERS: Final = (ContentFiltered, ContextOverflow)

_TOO_MANY: Final = 429


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an endpoint writes no turn: a sentence. `is_refusal`: no waiting mends it."""

    sentence: str
    is_refusal: bool


class CallRecord:
    """One endpoint's, all its models and the ways it is asked in together."""

    def __init__(self, name: str) -> None:
        """`name`: in the settings, "default" for that of LLM_BASE_URL."""
        self.name = name
        self.was_asked = False
        self._troubles: dict[str | None, Trouble] = {}
        # Looked up once: to find the one of a label takes longer than to count.
        self._at_work = metrics.ENDPOINT_CALLS.labels(name)
        self._seconds = metrics.ENDPOINT_SECONDS.labels(name)
        self._waits = metrics.ENDPOINT_RATE_LIMITED.labels(name)
        self._tokens = {kind: metrics.ENDPOINT_TOKENS.labels(name, kind) for kind in ("prompt", "cached", "answer")}

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with it, as its last calls have shown; the oldest first."""
        return next(iter(self._troubles.values()), None)

    @property
    def models_in_trouble(self) -> list[str | None]:
        """Those whose last call has shown that something is wrong; None where the name is not known yet."""
        return list(self._troubles)

    def forget_all_but(self, models: Iterable[str | None]) -> None:
        """Nobody asks for another model than these any more: what was wrong with one is nobody's business."""
        kept = set(models)
        self._troubles = {model: trouble for model, trouble in self._troubles.items() if model in kept}
        if self.was_asked and not self._troubles:
            metrics.ENDPOINT_UP.labels(self.name).set(1)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around a call, its retries included."""
        started = time.monotonic()
        self._at_work.inc()
        try:
            yield
        finally:
            self._at_work.dec()
            self._seconds.observe(time.monotonic() - started)

    def status(self, status: int) -> None:
        """What each try was answered with."""
        if status == _TOO_MANY:
            self._waits.inc()

    def answered(self, model: str | None, completion: Completion) -> None:
        """A model has answered, so what waiting could mend of the others is mended, too."""
        self._is_up(model)
        counted = {
            "prompt": completion.prompt_tokens,
            "cached": completion.cached_tokens,
            "answer": completion.completion_tokens,
        }
        for kind, tokens in counted.items():
            self._tokens[kind].inc(max(0, tokens or 0))

    def failed(self, model: str | None, error: RoundtableError) -> None:
        """A call was answered with an error, or with nothing. `model`: None where its name was to be asked for."""
        metrics.ENDPOINT_ERRORS.labels(self.name, _kind(error)).inc()
        if isinstance(error, _ANSWERS):
            self._is_up(model)
            return
        self.was_asked = True
        metrics.ENDPOINT_UP.labels(self.name).set(0)
        self._troubles[model] = Trouble(str(error), isinstance(error, EndpointRefused))

    def _is_up(self, model: str | None) -> None:
        self.was_asked = True
        metrics.ENDPOINT_UP.labels(self.name).set(1)
        for other, trouble in list(self._troubles.items()):
            if other in (model, None) or not trouble.is_refusal:
                del self._troubles[other]


def _kind(error: RoundtableError) -> str:
    match error:
        case ContentFiltered():
            return "filtered"
        case ContextOverflow():
            return "overflow"
        case EndpointDown():
            return "down"
        case _:
            return "refused"
