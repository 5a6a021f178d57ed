"""What a model does not take of a request, learnt from its refusals: a parameter left out, renamed, or kept in bounds.

Any parameter that a refusal names can be meant, also one that the host has added. In which words it is refused stands
in `refusal_wordings.py`.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.discussion.text.segmentation import clipped
from bot.llm.error_kinds import ErrorKind, meaning_of
from bot.llm.error_reading import ErrorReport
from bot.llm.refusal_wordings import (
    ABOVE,
    BELOW,
    LEAST,
    MOST,
    NAMINGS,
    NO_SYSTEM_MESSAGE,
    REFUSAL_CODES,
    REFUSALS,
    Wording,
)

log = logging.getLogger(__name__)

# So much of a refusal stands in the log.
_WORDS_LIMIT: Final = 200
# Without these there is no request.
_NEEDED: Final = frozenset({"model", "messages"})
# A refusal of the request, not of whoever sends it; some proxies send it as a fault of their own.
_STATUSES: Final = (400, 404, 415, 422, 500, 501, 502)

LIMIT: Final = "max_tokens"
# The limit of an answer under its newer name; most local servers know the older one only.
NEWER_LIMIT: Final = "max_completion_tokens"
# The form that an answer is to have, where one is wanted (https://platform.openai.com/docs/guides/structured-outputs).
FORM: Final = "response_format"
# A refusal may speak of a parameter under another name: that of the server behind.
_LIMIT_NAMES: Final = frozenset(
    {LIMIT, NEWER_LIMIT, "max_output_tokens", "max_new_tokens", "num_predict", "n_predict"} | {"maximum tokens"}
)
_STOP_NAMES: Final = frozenset({"stop", "stop_sequences", "stop_words", "stop sequences", "stop words"})
_EFFORT_NAMES: Final = frozenset({"reasoning_effort", "reasoning effort", "thinking", "thinking level", "reasoning"})
_OTHER_NAMES: Final = {
    **dict.fromkeys(_LIMIT_NAMES, _LIMIT_NAMES),
    "stop": _STOP_NAMES,
    "reasoning_effort": _EFFORT_NAMES,
    FORM: frozenset({FORM, "response format", "json_schema", "structured outputs"}),
}
# What can be done without, whatever is wrong with it: the answer is cut at others' lines in any case.
_SPARE: Final = frozenset({"stop", "stream_options", "temperature", FORM})
# The least step above a bound that is not allowed itself, for numbers with a fraction.
_STEP: Final = 0.01


class LearntRequest:
    """What one model takes of a request. `fit` makes a request so; `learn` has a refused one be as it should be."""

    def __init__(self) -> None:
        self._left_out = set[str]()
        self._renamed = dict[str, str]()
        self._least = dict[str, float]()
        self._most = dict[str, float]()
        self._takes_system = True

    def forget(self) -> None:
        """It is about another model from here on."""
        for known in (self._left_out, self._renamed, self._least, self._most):
            known.clear()
        self._takes_system = True

    def fit(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The request as the model takes it."""
        named = {self._renamed.get(name, name): value for name, value in request.items()}
        if not self._takes_system:
            named["messages"] = _in_one_message(named["messages"])
        return {name: self._within(name, value) for name, value in named.items() if name not in self._left_out}

    def limit_of(self, request: Mapping[str, Any]) -> int | None:
        """The most tokens that a request lets the answer have."""
        return next((value for name, value in request.items() if name in _LIMIT_NAMES and isinstance(value, int)), None)

    def learn(self, report: ErrorReport, request: dict[str, Any]) -> bool:
        """A request was refused. Out: whether for a part that the model does not take: then `request` is as it should
        be, and so is what `fit` gives from here on. Each time it says yes there is less left to refuse."""
        meaning = meaning_of(report)
        if report.status not in _STATUSES or meaning in _ABOUT_OTHER_THINGS:
            return False
        is_overflow = meaning is ErrorKind.OVERFLOW
        if self._learn_layout(report, request) or self._learn_parameter(report, request, is_overflow=is_overflow):
            return True
        # A form is only a help, and is refused in any words, or as a fault of the server's own. That it was to blame
        # nobody has said: the next request has one again.
        return not is_overflow and request.pop(FORM, None) is not None

    def _learn_parameter(self, report: ErrorReport, request: dict[str, Any], *, is_overflow: bool) -> bool:
        """Whether the refusal names a part that the model does not take, or not with that value."""
        name = named_parameter(report, request)
        if name is None:
            return False
        if self._learn_bound(report, request, name, only_most=is_overflow):
            return True
        # A prompt that is too long names both names of the limit; a value within the bounds that are told is not why.
        is_spare = name in _SPARE and not (_is_number(request[name]) and _tells_bound(report, name))
        if is_overflow or not (is_spare or _is_refused(report)):
            return False
        value = request.pop(name)
        if name == LIMIT and NEWER_LIMIT not in request:
            self._renamed[LIMIT] = NEWER_LIMIT
            request[NEWER_LIMIT] = value
        else:
            log.warning("the model refuses %s; going on without it: %s", name, _clipped(report))
            self._left_out.add(name)
        return True

    def _learn_layout(self, report: ErrorReport, request: dict[str, Any]) -> bool:
        """Whether the refusal is about a system message that the request has."""
        has_system = len(request["messages"]) > 1
        if not has_system or not any(wording.search(report.text) for wording in NO_SYSTEM_MESSAGE):
            return False
        log.warning("the model takes no system message; all is one user message from here on: %s", _clipped(report))
        self._takes_system = False
        request["messages"] = _in_one_message(request["messages"])
        return True

    def _learn_bound(self, report: ErrorReport, request: dict[str, Any], name: str, *, only_most: bool) -> bool:
        """Whether the refusal tells a bound that the value is not within."""
        before = request[name]
        if not _is_number(before):
            return False
        shown = re.escape(name)
        if (least := _bound(LEAST, report, shown)) is not None and before < least and not only_most:
            self._least[name] = least
        elif not only_most and (above := _bound(ABOVE, report, shown)) is not None and before <= above:
            self._least[name] = above + (1 if isinstance(before, int) else _STEP)
        elif (below := _bound(BELOW, report, shown)) is not None and 0 < below <= before:
            self._most[name] = below - (1 if isinstance(before, int) else _STEP)
        elif (most := _bound(MOST, report, shown)) is not None and 0 < most < before:
            self._most[name] = most
        request[name] = self._within(name, before)
        return request[name] != before

    def _within(self, name: str, value: Any) -> Any:
        if not _is_number(value):
            return value
        least, most = self._least.get(name), self._most.get(name)
        within = value if least is None else max(value, least)
        within = within if most is None else min(within, most)
        return int(within) if isinstance(value, int) else within


_ABOUT_OTHER_THINGS: Final = (
    ErrorKind.UNFINISHED,
    ErrorKind.FILTERED,
    ErrorKind.QUOTA,
    ErrorKind.KEY,
    ErrorKind.ROUTE,
    ErrorKind.ADDRESS,
)


def _in_one_message(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"role": "user", "content": "\n\n".join(message["content"] for message in messages)}]


def _clipped(report: ErrorReport) -> str:
    return clipped(report.said, _WORDS_LIMIT)


def named_parameter(report: ErrorReport, request: Mapping[str, Any]) -> str | None:
    """The part of a request that a refusal is about; None if it names none, or one that is needed."""
    names = [name for name in request if name not in _NEEDED]
    told = [parameter.partition(".")[0] for parameter in report.parameters]
    for name in names:
        if any(form in told for form in _forms(name)):
            return name
    # What is named first is meant; the rest is told beside it.
    first: dict[int, str] = {}
    for name in names:
        for form in _forms(name):
            for naming in NAMINGS:
                if match := naming.search(report.text, re.escape(form)):
                    first.setdefault(match.start(), name)
    return first[min(first)] if first else None


def _forms(name: str) -> frozenset[str]:
    """A name as it may stand in a refusal: also as servers that are written in other languages call it."""
    same = _OTHER_NAMES.get(name, frozenset({name}))
    return same | {re.sub(r"_(\w)", lambda match: match[1].upper(), form) for form in same}


def _is_refused(report: ErrorReport) -> bool:
    return bool(REFUSAL_CODES & report.codes) or any(refusal.search(report.text) for refusal in REFUSALS)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _tells_bound(report: ErrorReport, name: str) -> bool:
    return any(wording.search(report.text, re.escape(name)) for wording in (*LEAST, *ABOVE, *BELOW, *MOST))


def _bound(wordings: tuple[Wording, ...], report: ErrorReport, name: str) -> float | None:
    for wording in wordings:
        if match := wording.search(report.text, name):
            return float(match[1] or 0)
    return None
