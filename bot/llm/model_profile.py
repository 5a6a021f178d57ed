"""What is learnt of one model at one server: the only place where such knowledge is written."""

import logging
from dataclasses import replace
from typing import Any, Final

from bot.discussion.replies.reasoning import OPENING, is_unopened
from bot.llm.completion import Completion
from bot.llm.quirks import ErrorReport, unsupported_parameter
from bot.llm.request_options import AS_USUAL, RequestOptions

log = logging.getLogger(__name__)

# Until the first answer says how the model counts. English prose has about four characters a token; guess low.
_CHARS_PER_TOKEN: Final = 3.5


class ModelProfile:
    """One model at one server. Read its attributes anywhere; they are written here, by what is told to its methods."""

    def __init__(self, named: str | None, *, context: int | None, reasoning_tokens: int) -> None:
        """`named`: the model, None for the first that the server lists. `context`: the window in tokens, else what the
        server advertises. `reasoning_tokens`: the most that each answer gets on top if the model is seen to reason."""
        self.named = named
        self.model = named
        self.window = context
        self.chars_per_token = _CHARS_PER_TOKEN
        self.is_current = False
        """Whether the server need not be asked for its models."""
        self.reasons: bool | None = None
        """Whether it thinks before it speaks; None: not seen yet."""
        self._opens_thoughts = False  # its template does, so that its text begins in the middle of one
        self._refused = set[str]()
        self._renamed = dict[str, str]()
        self._context = context
        self._reasoning_tokens = reasoning_tokens

    def of(self, model: str) -> "ModelProfile":
        """Another model at the same server, of which nothing is known yet."""
        return ModelProfile(model, context=self._context, reasoning_tokens=self._reasoning_tokens)

    @property
    def room_to_think(self) -> int:
        """Tokens that an answer gets on top where the model reasons."""
        # A small window is for the discussion first.
        return min(self._reasoning_tokens, self.window // 4 if self.window else self._reasoning_tokens)

    @property
    def thinking(self) -> int:
        """Tokens that each answer does get on top; 0 for a model that does not reason, as far as is known."""
        return self.room_to_think if self.reasons else 0

    def request(
        self,
        prompt: str,
        *,
        temperature: float,
        max_tokens: int,
        stop: tuple[str, ...] = (),
        preamble: str = "",
        options: RequestOptions = AS_USUAL,
    ) -> dict[str, Any]:
        """The request for one answer, as the model takes it. It has a name by then. `preamble`: the part that `prompt`
        begins with which is the same from turn to turn."""
        request: dict[str, Any] = {
            "model": self.model,
            "messages": options.messages(prompt, preamble),
            "temperature": temperature,
            "max_tokens": max_tokens,
        }
        if stop and not self.reasons:  # many servers stop at them also in the middle of a thought
            request["stop"] = list(stop)
        request = options.applied(request)
        return {self._renamed.get(name, name): value for name, value in request.items() if name not in self._refused}

    def limit_of(self, request: dict[str, Any]) -> int | None:
        """The most tokens that a request lets the answer have."""
        return request.get(self._renamed.get("max_tokens", "max_tokens"))

    # --- what it learns from ---

    def learn_listed(self, model: str, window: int | None) -> None:
        """The server lists it, under this name and with this window in tokens."""
        if model != self.model:  # what the last one refused this one may take
            self._refused.clear()
            self.reasons, self._opens_thoughts = None, False
        self.model = model
        self.window = self._context or window
        self.is_current = True

    def learn_unlisted(self, *, is_settled: bool) -> None:
        """The server tells no list. Only an answer settles that: one that is down now may tell its window later."""
        self.is_current = is_settled

    def doubt(self) -> None:
        """The server may have come back with another model or another window: it is to be asked again."""
        self.is_current = False

    def drop_unsupported(self, report: ErrorReport, request: dict[str, Any]) -> bool:
        """A request was refused. Out: whether for a part that it does not take: then `request` is as it should be, and
        so are all from here on."""
        quirk = unsupported_parameter(report, request)
        if quirk is None:
            return False
        value = request.pop(quirk.parameter)
        if quirk.instead:
            self._renamed[quirk.parameter] = quirk.instead
            request[quirk.instead] = value
        else:
            log.warning("the model refuses %s; going on without it", quirk.parameter)
            self._refused.add(quirk.parameter)
        return True

    def learn_answer(self, prompt: str, completion: Completion) -> Completion:
        """It answered a prompt. Out: the answer, marked as a thought where it is the beginning of one."""
        if completion.prompt_tokens:
            self.chars_per_token = len(prompt) / completion.prompt_tokens
        self.reasons = completion.reasoned or self.reasons
        is_opened_by_template = is_unopened(completion.text)
        self._opens_thoughts = is_opened_by_template or self._opens_thoughts
        if self._opens_thoughts and completion.finish_reason == "length" and not is_opened_by_template:
            return replace(completion, text=f"{OPENING}{completion.text}")  # cut before its end, all of it is a thought
        return completion

    def learn_no_reasoning(self) -> None:
        """It answered without a thought, or can't be asked whether it thinks. What was seen of thoughts stays."""
        self.reasons = bool(self.reasons)
