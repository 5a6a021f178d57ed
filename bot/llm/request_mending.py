"""What a model does not take of a request, learnt from its refusals: a parameter left out, renamed, or kept in bounds.

Any parameter that a refusal names can be meant, also one that the host has added: what servers say differs by how they
name it and by why they refuse it, and both stand in tables here.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.llm.error_kinds import ErrorKind, meaning_of
from bot.llm.error_reading import ErrorReport

log = logging.getLogger(__name__)

# Without these there is no request.
_NEEDED: Final = frozenset({"model", "messages"})
# A refusal of the request, not of whoever sends it; some proxies send it as a fault of their own.
_STATUSES: Final = (400, 404, 415, 422, 500, 501, 502)

LIMIT: Final = "max_tokens"
# The limit of an answer under its newer name; most local servers know the older one only.
NEWER_LIMIT: Final = "max_completion_tokens"
# A refusal may speak of a parameter under another name: that of the server behind.
_LIMIT_NAMES: Final = frozenset({LIMIT, NEWER_LIMIT, "max_output_tokens", "max_new_tokens", "num_predict", "n_predict"})
_STOP_NAMES: Final = frozenset({"stop", "stop_sequences", "stop_words", "stop sequences", "stop words"})
_OTHER_NAMES: Final = {**dict.fromkeys(_LIMIT_NAMES, _LIMIT_NAMES), "stop": _STOP_NAMES}
# What can be done without, whatever is wrong with it: the answer is cut at others' lines in any case.
_SPARE: Final = frozenset({"stop", "stream_options", "temperature"})


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which servers put it. `{name}` stands for the parameter."""

    vendor: str
    source: str
    pattern: str

    def search(self, text: str, name: str = "") -> re.Match[str] | None:
        return re.search(self.pattern.replace("{name}", name), text, re.I)


# How a refusal names the parameter. One that is an English word, as `stop`, counts only where it is named so.
NAMINGS: Final = (
    Wording(
        "OpenAI, vLLM, Groq, Anthropic",
        "https://github.com/griptape-ai/griptape/issues/1915",
        r"[`'\"“‘\[]{name}[`'\"”’\]]",
    ),
    Wording(
        "OpenAI, xAI",
        "https://github.com/open-webui/open-webui/issues/21266",
        r"\b(?:param(?:eter)?|argument|field|propert(?:y|ie)|option|keyword|key|input)s?(?: names?)?"
        r"(?: supplied| provided)?[:\s]+(?:[\w.]+, )*{name}\b",
    ),
    Wording(
        "xAI", "https://github.com/n8n-io/n8n/issues/14581", r"\b(?:argument|parameter|field)s?\b[^\n]{0,80}: {name}\b"
    ),
    Wording(
        "Mistral, Anthropic, NIM",
        "FastAPI and pydantic: a line that begins with the place",
        r"(?m)^(?:body\.)?{name}(?:\.\w+)*: ",
    ),
    Wording(
        "NIM, TGI and others",
        "{name} is not supported",
        r"\b{name}\b(?: \([^)]*\))?(?: (?:parameter|argument|field|option|value))? "
        r"(?:is|are|can|may|must|does|isn't|has|should|exceeds)\b",
    ),
    Wording("Moonshot", "invalid temperature: …", r"\binvalid (?:value for |value of )?{name}\b"),
    Wording("SiliconFlow, DeepSeek", "{name} not supported", r"\b{name}\b not (?:supported|allowed|permitted)\b"),
    Wording(
        "many", "does not support {name}", r"\bsupport(?:s|ed|ing)? (?:the |custom |setting )?(?:parameter )?{name}\b"
    ),
)
# Why it is refused: the model does not take it at all, or not that value of it.
REFUSALS: Final = (
    Wording(
        "OpenAI, xAI, NIM", "https://github.com/openai/openai-python/issues/2046", r"un ?supported|not support(?:ed)?\b"
    ),
    Wording(
        "OpenAI, Gemini",
        "Unrecognized request argument supplied; Unknown name …: Cannot find field",
        r"unrecogni[sz]ed|unknown",
    ),
    Wording("Mistral, NIM, Anthropic, vLLM", "pydantic: extra_forbidden", r"extra (?:inputs|fields)|extraneous"),
    Wording(
        "Anthropic",
        "`temperature` is deprecated for this model",
        r"deprecated|no longer (?:supported|available|accepted)",
    ),
    Wording(
        "many",
        "not permitted; not allowed",
        r"(?:not|n't|cannot be|can not be|never) (?:be )?(?:allowed|permitted|accepted|available|used|set|specified)\b",
    ),
    Wording(
        "Moonshot",
        "invalid temperature: only 1 is allowed for this model",
        r"\bonly\b.{0,40}\b(?:allowed|supported|accepted)",
    ),
    Wording("Anthropic", "may only be set to 1", r"may only be\b"),
    Wording(
        "SiliconFlow, many",
        "invalid parameter; the parameter is invalid",
        r"\binvalid (?:request )?(?:parameter|argument|field)|(?:parameter|argument|field)s? (?:is|are) (?:invalid|not valid)",
    ),
    Wording("Python servers", "got an unexpected keyword argument 'x'", r"unexpected"),
    Wording("JSON Schema", "additional properties are not allowed", r"additional propert"),
    Wording("OpenAI", "Use 'max_completion_tokens' instead", r"\buse\b.{0,40}\binstead"),
    Wording("many", "incompatible with this model", r"incompatible|cannot both|not both"),
)
_CODES: Final = frozenset(
    {"unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden", "unrecognized_parameter"}
    | {"unrecognized_request_argument", "value_error.extra", "parameter_not_supported"}
)
_FLOAT: Final = r"\W{0,3}(-?\d+(?:\.\d+)?)"
# A bound that a refusal tells; the group is the number.
LEAST: Final = (
    Wording("OpenAI, Azure", "integer below minimum value. Expected a value >= 16", rf"(?:>=|≥){_FLOAT}"),
    Wording(
        "many", "must be at least 16", rf"(?:at least|minimum(?: value)?(?: is| of)?|no less than|or more than){_FLOAT}"
    ),
    Wording("pydantic", "should be greater than or equal to 16", rf"greater than or equal to{_FLOAT}"),
)
# What lies above it only.
ABOVE: Final = (
    Wording("TGI", "`temperature` must be strictly positive", r"(?:strictly )?positive()"),
    Wording("pydantic, vLLM", "should be greater than 0", rf"(?:greater than(?! or)|(?<![-=])(?<!\d )>(?!=)){_FLOAT}"),
)
MOST: Final = (
    Wording(
        "OpenAI", "max_tokens is too large: …. This model supports at most 4096 completion tokens", rf"at most{_FLOAT}"
    ),
    Wording("Anthropic", "8192 > 4096, which is the maximum allowed number of output tokens", rf"\d >{_FLOAT}"),
    Wording(
        "Groq, many",
        "must be less than or equal to 8192",
        rf"(?:less than or equal to|no more than|not be greater than|cannot be greater than|<=|≤|(?:cannot|not) exceed)"
        rf"{_FLOAT}",
    ),
    Wording(
        "many", "exceeds the maximum of 4096", rf"exceeds (?:the |its )?(?:maximum|max|limit)\b\D{{0,40}}?{_FLOAT}"
    ),
    Wording("many", "the maximum value is 4096", rf"(?:maximum|max)(?: value| allowed)? (?:is|of){_FLOAT}"),
    Wording("many", "limited to 4096; up to 4096", rf"\b(?:limited|up) to{_FLOAT}"),
    Wording("many", "must be between 1 and 4096", r"between \d+(?:\.\d+)? and (\d+(?:\.\d+)?)"),
    Wording("DashScope", "Range of max_tokens should be [1, 8192]", r"should be \[\d+, ?(\d+)\]"),
    Wording("DeepSeek", "the valid range of max_tokens is [1, 8192]", r"range of {name} is \[\d+, ?(\d+)\]"),
)
# The least step above a bound that is not allowed itself, for numbers with a fraction.
_STEP: Final = 0.01


class LearntRequest:
    """What one model takes of a request. `fit` makes a request so; `learn` has a refused one be as it should be."""

    def __init__(self) -> None:
        self._left_out = set[str]()
        self._renamed = dict[str, str]()
        self._least = dict[str, float]()
        self._most = dict[str, float]()

    def forget(self) -> None:
        """It is about another model from here on."""
        for known in (self._left_out, self._renamed, self._least, self._most):
            known.clear()

    def fit(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The request as the model takes it."""
        named = {self._renamed.get(name, name): value for name, value in request.items()}
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
        name = named_parameter(report, request)
        if name is None:
            return False
        is_overflow = meaning is ErrorKind.OVERFLOW
        if self._learn_bound(report, request, name, only_most=is_overflow):
            return True
        # A prompt that is too long names both names of the limit; a value within the bounds that are told is not why.
        is_spare = name in _SPARE and not _tells_bound(report, name)
        if is_overflow or not (is_spare or _is_refused(report)):
            return False
        value = request.pop(name)
        if name == LIMIT and NEWER_LIMIT not in request:
            self._renamed[LIMIT] = NEWER_LIMIT
            request[NEWER_LIMIT] = value
        else:
            log.warning("the model refuses %s; going on without it: %s", name, report.said[:200])
            self._left_out.add(name)
        return True

    def _learn_bound(self, report: ErrorReport, request: dict[str, Any], name: str, *, only_most: bool) -> bool:
        """Whether the refusal tells a bound that the value is not within."""
        before = request[name]
        if isinstance(before, bool) or not isinstance(before, int | float):
            return False
        shown = re.escape(name)
        if (least := _bound(LEAST, report, shown)) is not None and before < least and not only_most:
            self._least[name] = least
        elif not only_most and (above := _bound(ABOVE, report, shown)) is not None and before <= above:
            self._least[name] = above + (1 if isinstance(before, int) else _STEP)
        elif (most := _bound(MOST, report, shown)) is not None and 0 < most < before:
            self._most[name] = most
        request[name] = self._within(name, before)
        return request[name] != before

    def _within(self, name: str, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
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
    return bool(_CODES & report.codes) or any(refusal.search(report.text) for refusal in REFUSALS)


def _tells_bound(report: ErrorReport, name: str) -> bool:
    return any(wording.search(report.text, re.escape(name)) for wording in (*LEAST, *ABOVE, *MOST))


def _bound(wordings: tuple[Wording, ...], report: ErrorReport, name: str) -> float | None:
    for wording in wordings:
        if match := wording.search(report.text, name):
            return float(match[1] or 0)
    return None
