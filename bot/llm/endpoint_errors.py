"""What went wrong with a call, as a sentence for people. Server texts can quote the key: no sentence holds it."""

import logging
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp
import openai

from bot.discussion.text.links import plain_links
from bot.discussion.text.segmentation import clipped
from bot.endpoint_settings import DEFAULT_ENDPOINT
from bot.errors import ContentFiltered, ContextOverflow, EndpointDown, EndpointRefused, RoundtableError
from bot.llm import waits
from bot.llm.client import EndpointClient
from bot.llm.error_kinds import ErrorKind, is_over_at_once, meaning_of
from bot.llm.error_reading import ErrorReport, read_error
from bot.llm.openai_shape import INSIDE, read_body

log = logging.getLogger(__name__)

# So much of a server's words is quoted.
_WORDS_LIMIT: Final = 200
# What helps where a prompt is too long and nothing is left to be dropped from it.
SHORTER: Final = "Seat fewer personas, lower LLM_MAX_TOKENS, or load the model with a larger window."
# Faults of which the server says for people why (a model that is being loaded, too many users). The words of others are
# for whoever runs the server, and stand in the log.
# A connection was lost, or there was none. Those of aiohttp are not all errors of the system.
_LOST: Final = (OSError, aiohttp.ClientConnectionError)
_SAYS_WHY: Final = (503, 529)
# A proxy has waited for the server as long as it does: nginx, Cloudflare.
_PROXY_GAVE_UP: Final = (504, 524)
# What a host can set so that the next request is not refused, by what a server says: the setting and its value.
_ADVICE: Final = (
    (
        re.compile(r"only supports? stream|stream\w*.{0,20}(?:required|must be (?:true|enabled))", re.I),
        "STREAM",
        "true",
    ),
    (re.compile(r"system (?:message|prompt|role).{0,20}(?:required|missing|must)", re.I), "LAYOUT", "system"),
)
_ENDS: Final = (".", "!", "?", "…", "。")
# From so many seconds on people are told the time at which a wait ends.
_WORTH_A_CLOCK: Final = 120


@dataclass(frozen=True, slots=True)
class SettingNames:
    """How people are told which setting to change. `prefix` is how those of an endpoint begin: LLM, ENDPOINT_FAST.

    `given_as`: by the name of a setting the option that was given in its place. `named`: what names the model, where
    no setting does.
    """

    prefix: str
    given_as: Mapping[str, str] = field(default_factory=dict)
    named: str | None = None

    @property
    def model(self) -> str:
        return self.named or self.of("MODEL")

    def of(self, name: str) -> str:
        setting = f"{self.prefix}_{name}"
        return self.given_as.get(setting, setting)


def endpoint_of(prefix: str) -> str:
    """The name of an endpoint in the settings, from how the names of its settings begin."""
    return prefix.removeprefix("ENDPOINT_").lower() if prefix.startswith("ENDPOINT_") else DEFAULT_ENDPOINT


def report_of(error: openai.APIStatusError) -> ErrorReport:
    """What the server says of an error, wherever in the body it says it."""
    report = read_error(error.status_code, read_body(error.response.content), error.response.headers)
    return replace(report, is_inside=True) if INSIDE in error.response.headers else report


def no_model(client: EndpointClient, settings: SettingNames) -> EndpointRefused:
    """The list of models is empty and no model is named."""
    return EndpointRefused(f"The LLM endpoint at {client.host} offers no model. Load one, or set {settings.model}.")


def explained(error: Exception, client: EndpointClient, model: str | None, settings: SettingNames) -> RoundtableError:
    """One of the client's CALL_ERRORS as a sentence for the channel. `model`: the one asked, if its name is known."""
    at, address = f"The LLM endpoint at {client.host}", settings.of("BASE_URL")
    # Without a name it is the list of models that was asked for.
    listless = "" if model else f" Its list of models was asked for, which {settings.model} makes needless."
    match error:
        case openai.APIStatusError():
            return _refusal(report_of(error), at, client, model, settings, listless)
        case openai.APIConnectionError() if (trouble := _tls_trouble(error)) is not None:
            return EndpointDown(f"{at} {trouble.format(ca_file=settings.of('CA_FILE'), address=address)}")
        case openai.APITimeoutError() if _was_refused(error):
            return EndpointDown(f"{at} can't be reached.")
        case openai.APITimeoutError() | TimeoutError():
            return EndpointDown(f"{at} took too long to answer.{listless}")
        case openai.APIConnectionError():
            return EndpointDown(f"{at} can't be reached.")
        case _:
            log.warning("unreadable answer from the endpoint: %s", error)
            return EndpointDown(f"{at} gave an answer that can't be read. Check {address}.{listless}")


def _refusal(
    report: ErrorReport, at: str, client: EndpointClient, model: str | None, settings: SettingNames, listless: str
) -> RoundtableError:
    """An error that the server has answered with: what it means, in its own words, and what would help."""
    address, key = settings.of("BASE_URL"), settings.of("API_KEY")
    status, words = f"(HTTP {report.status})", _quoted(report.said, client)
    quoted = f" It says: {words}" if words else ""
    said = f": {words}" if words else "."
    match meaning_of(report):
        case ErrorKind.OVERFLOW if is_over_at_once(report):
            return ContextOverflow(f"{at} takes no request as long as this one {status}{said}")
        case ErrorKind.OVERFLOW | ErrorKind.UNFINISHED:
            return ContextOverflow(f"{at} says that the prompt is longer than the model's context window. {SHORTER}")
        case ErrorKind.FILTERED:
            return ContentFiltered(f"{at} refuses to read what the table is about {status}{said}")
        case ErrorKind.QUOTA:
            return EndpointRefused(
                f"{at} says that the quota is used up {status}. Check the account's billing.{quoted}"
            )
        case ErrorKind.KEY:
            return EndpointRefused(f"{at} refused the key {status}. Check {key}.{quoted}")
        case ErrorKind.ROUTE:
            return EndpointRefused(
                f"{at} has nobody who may serve “{model}” {status}. Check the account's privacy and provider settings."
                f"{quoted}"
            )
        case ErrorKind.ADDRESS | ErrorKind.MODEL if model is None:
            return EndpointRefused(
                f"{at} has no list of models {status}. Check {address} (most end in /v1), or set {settings.model}."
            )
        case ErrorKind.ADDRESS:
            return EndpointRefused(
                f"{at} serves no chat at this address {status}. Check {address} (most end in /v1).{quoted}"
            )
        case ErrorKind.MODEL:
            return EndpointRefused(
                f"{at} has no model “{model}” {status}. Check {settings.model} and {address}.{quoted}"
            )
        case ErrorKind.TOO_FAST:
            own = quoted if report.is_inside or report.wait else ""
            return EndpointDown(f"{at} is overloaded {status}.{_until(report.wait)}{own}", report.wait)
        case ErrorKind.FAULT if report.status in _PROXY_GAVE_UP:
            return EndpointDown(
                f"{at} took too long for a proxy before it {status}. {settings.of('STREAM')}=true keeps such calls "
                f"alive; so does a lower LLM_MAX_TOKENS.{listless}"
            )
        case ErrorKind.FAULT:
            is_told = report.is_inside or report.status in _SAYS_WHY
            if words and not is_told:
                log.warning("%s has a fault of its own %s: %s", at, status, words)
            own = said if is_told else "."
            return EndpointDown(f"{at} has a fault of its own {status}{_with(own, listless)}", report.wait)
        case ErrorKind.PASSING:
            return EndpointDown(f"{at} could not take the request just now {status}.", report.wait)
        case ErrorKind.REFUSED:
            return EndpointRefused(
                f"{at} refused the request {status}{_with(said, listless + _advice(report, settings))}"
            )


def _advice(report: ErrorReport, settings: SettingNames) -> str:
    told = (f" Set {settings.of(name)}={value}." for saying, name, value in _ADVICE if saying.search(report.text))
    return next(told, "")


def _with(said: str, more: str) -> str:
    """What is said with more sentences behind it."""
    return f"{said}{'' if not more or said.endswith(_ENDS) else '.'}{more}"


def _quoted(words: str, client: EndpointClient) -> str:
    """What the server says, without the key; members will read it."""
    return clipped(client.without_key(plain_links(words)), _WORDS_LIMIT)


def _until(wait: float | None) -> str:
    if not wait:
        return ""
    end = datetime.now(UTC) + timedelta(seconds=wait)
    clock = f", until {end:%H:%M} UTC" if wait >= _WORTH_A_CLOCK else ""
    return f" It asks to wait {waits.in_words(wait)}{clock}."


def _tls_trouble(error: BaseException) -> str | None:
    """What is wrong with how a server proves who it is; None if it is something else."""
    # aiohttp's own error is one of them by name only; what it was made of knows more.
    found = next((cause for cause in reversed([*_causes(error)]) if isinstance(cause, ssl.SSLError)), None)
    if isinstance(found, ssl.SSLCertVerificationError):
        return (
            f"shows a certificate that is not trusted here ({found.verify_message}). "
            "If it is your own, set {ca_file} to a file that holds it, or its issuer's."
        )
    return (
        None
        if found is None
        else "speaks no TLS as it is known here. Check whether {address} should begin with http://."
    )


def _was_refused(error: BaseException) -> bool:
    """Whether a connection failed at once: the SDK's aiohttp transport reports that as a timeout, too.

    A server that hangs up in the middle of a call may be told as an error of the system or as one of aiohttp's own,
    which is none of the system's; which of them it is depends on the version of Python.
    """
    return any(isinstance(cause, _LOST) and not isinstance(cause, TimeoutError) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and all that led to it."""
    todo: list[BaseException | None] = [error]
    seen = set[int]()
    while todo:
        cause = todo.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        # aiohttp keeps the error of the connection beside its own.
        inner = getattr(cause, "certificate_error", None) or getattr(cause, "os_error", None)
        todo += [cause.__cause__, inner if isinstance(inner, BaseException) else None]
