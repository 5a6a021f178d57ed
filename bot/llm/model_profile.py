"""What is learnt of one model at one server: the only place where such knowledge is written."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.discussion.replies.reasoning import OPENING, is_unopened
from bot.llm.completion import Completion
from bot.llm.error_reading import ErrorReport
from bot.llm.request_mending import FORM, LearntRequest
from bot.llm.request_options import AS_USUAL, RequestOptions
from bot.llm.silent_cut import SilentCut
from bot.llm.token_ratio import measured_ratio, most_ratio, usual_ratio
from bot.llm.windows import prompt_tokens_told, window_told

log = logging.getLogger(__name__)

# The ratio of a text of which nothing is known: plain English, guessed low.
_CHARS_PER_TOKEN: Final = usual_ratio("")
# The first time it is tried out whether a model thinks it gets this part of the room for that.
_FIRST_TRY: Final = 4


class ModelProfile:
    """One model at one server. Read its attributes anywhere; they are written here, by what is told to its methods."""

    def __init__(self, named: str | None, *, context: int | None, reasoning_tokens: int) -> None:
        """`named`: the model, None for the first that the server lists. `context`: the window in tokens, else what the
        server advertises. `reasoning_tokens`: the most that each answer gets on top if the model is seen to reason."""
        self.named = named
        self.model = named
        self._context = context
        self._listed_window: int | None = None
        self._told_window: int | None = None  # by a refusal, or by where it cuts
        self.chars_per_token = _CHARS_PER_TOKEN
        self.owner: Any = None
        self.listed: tuple[str, ...] = ()
        self.passed_over: tuple[str, ...] = ()
        """Where no model is named: those that the server lists, and those of them before the one that is taken."""
        self.is_current = False
        """Whether the server need not be asked for its models."""
        self.reasons: bool | None = None
        """Whether it thinks before it speaks; None: not seen yet."""
        self._opens_thoughts = False  # its template does, so that its text begins in the middle of one
        self._learnt = LearntRequest()
        self._cut = SilentCut()
        self._warnings: list[int] = []
        self._is_measured = False
        self._lowest_ratio: float | None = None
        self._reasoning_tokens = reasoning_tokens

    def of(self, model: str) -> "ModelProfile":
        """Another model at the same server, of which nothing is known yet."""
        return ModelProfile(model, context=self._context, reasoning_tokens=self._reasoning_tokens)

    @property
    def window(self) -> int | None:
        """The context window in tokens: what the host has set, else what the server lists, and never more than what
        it was seen to take. None if nothing is known."""
        known = [w for w in (self._context or self._listed_window, self._told_window) if w]
        return min(known, default=None)

    @property
    def room_to_think(self) -> int:
        """Tokens that an answer gets on top where the model reasons."""
        # A small window is for the discussion first.
        return min(self._reasoning_tokens, self.window // 4 if self.window else self._reasoning_tokens)

    @property
    def rooms_to_try(self) -> tuple[int, ...]:
        """The same while nothing shows whether it reasons, try by try: less at first, since on a slow machine every
        token is paid with time."""
        room = self.room_to_think
        return tuple(sorted({room // _FIRST_TRY, room} - {0}))

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
        form: Mapping[str, Any] | None = None,
        options: RequestOptions = AS_USUAL,
    ) -> dict[str, Any]:
        """The request for one answer, as the model takes it. It has a name by then. `preamble`: the part that `prompt`
        begins with which is the same from turn to turn; `form`: a JSON schema that the answer may be held to."""
        request: dict[str, Any] = {
            "model": self.model,
            "messages": options.messages(prompt, preamble),
            "temperature": temperature,
            "max_tokens": max_tokens,
        }
        if stop and not self.reasons:  # many servers stop at them also in the middle of a thought
            request["stop"] = list(stop)
        if form:
            request[FORM] = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": form}}
        return self._learnt.fit(options.applied(request))

    def limit_of(self, request: dict[str, Any]) -> int | None:
        """The most tokens that a request lets the answer have."""
        return self._learnt.limit_of(request)

    def ratio_for(self, prompt: str) -> float:
        """Characters a token to reckon with for a prompt: as measured, else guessed from its scripts."""
        return self.chars_per_token if self._is_measured else usual_ratio(prompt)

    def take_warning(self) -> int | None:
        """The window at which the server was seen to cut prompts without a word; told once."""
        return self._warnings.pop() if self._warnings else None

    # --- what it learns from ---

    def learn_listed(self, model: str, window: int | None, *, owner: Any = None, thinks: bool | None = None) -> None:
        """The server lists it, under this name and with this window in tokens; `owner`: whose it is called there,
        `thinks`: whether it does before it speaks. What an answer shows of that counts for more."""
        self.owner = owner
        if model != self.model:  # what the last one refused this one may take
            self._learnt.forget()
            self._is_measured, self._lowest_ratio = False, None
            self.reasons, self._opens_thoughts = None, False
        if self.reasons is None:
            self.reasons = thinks
        if (model, window) != (self.model, self._listed_window):
            self._cut, self._told_window = SilentCut(), None
        self.model, self._listed_window = model, window
        self.is_current = True

    def learn_choice(self, listed: Sequence[str], *, passed_over: int) -> None:
        """No model is named: the one behind the first `passed_over` of the list is taken, which hold no discussion."""
        self.listed, self.passed_over = tuple(listed), tuple(listed[:passed_over])

    def learn_unlisted(self) -> None:
        """The server tells no list: it is asked again when there is reason to doubt, and not before."""
        self.is_current = True

    def doubt(self) -> None:
        """The server may have come back with another model or another window: it is to be asked again."""
        self.is_current = False

    def learn_refusal(self, report: ErrorReport, request: dict[str, Any]) -> bool:
        """A request was refused. Out: whether for a part that it does not take: then `request` is as it should be, and
        so are all from here on."""
        return self._learnt.learn(report, request)

    def learn_overflow(self, report: ErrorReport, prompt: str) -> None:
        """A prompt was longer than the model takes: the refusal may tell by how much."""
        if window := window_told(report):
            self._told_window = min(window, self._told_window or window)
        tokens = prompt_tokens_told(report)
        ratio = measured_ratio(prompt, tokens, None, lowest=None) if tokens else None
        # Far below what is usual it is no count of the prompt's tokens: some refusals name others besides.
        if ratio is not None and ratio >= usual_ratio(prompt) / 3:
            self.chars_per_token, self._is_measured = ratio, True

    def learn_answer(self, prompt: str, completion: Completion) -> Completion:
        """It answered a prompt. Out: the answer, marked as a thought where it is the beginning of one."""
        if tokens := completion.prompt_tokens:
            self._learn_count(prompt, tokens, completion.cached_tokens)
        self.reasons = completion.reasoned or self.reasons
        if self.reasons is None and completion.denies_thought:
            self.reasons = False
        is_opened_by_template = is_unopened(completion.text)
        self._opens_thoughts = is_opened_by_template or self._opens_thoughts
        if self._opens_thoughts and completion.finish_reason == "length" and not is_opened_by_template:
            return replace(completion, text=f"{OPENING}{completion.text}")  # cut before its end, all of it is a thought
        return completion

    def learn_no_reasoning(self) -> None:
        """It answered without a thought, or can't be asked whether it thinks. What was seen of thoughts stays."""
        self.reasons = bool(self.reasons)

    def _learn_count(self, prompt: str, tokens: int, cached: int | None) -> None:
        if self._cut.look(prompt, tokens, most_ratio=most_ratio(prompt)) and self._cut.window:
            self._told_window = min(self._cut.window, self._told_window or self._cut.window)
            self._warnings = [self._told_window]
            if self._lowest_ratio is not None:  # as it was before anything was cut
                self.chars_per_token = self._lowest_ratio
        elif ratio := measured_ratio(prompt, tokens, cached, lowest=self._lowest_ratio):
            self._learn_ratio(ratio)

    def _learn_ratio(self, ratio: float) -> None:
        self.chars_per_token, self._is_measured = ratio, True
        self._lowest_ratio = min(ratio, self._lowest_ratio or ratio)
