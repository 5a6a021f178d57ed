"""What can be set of an endpoint, each value checked: for the default one as LLM_…, for others as ENDPOINT_<NAME>_…"""

import re
import ssl
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, RootModel, SecretStr, model_validator

from bot.discussion.model.model_options import ModelOptions
from bot.discussion.text.json_object import as_text, read_json_object

# What the default endpoint is called in the list of another's fallbacks.
DEFAULT_ENDPOINT: Final = "default"
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2: token
_HEADER_VALUE: Final = re.compile(r"[\x20-\x7e]*")
# They say how the request's bytes are to be read, which the HTTP client alone knows.
_FRAMING: Final = ("connection", "content-encoding", "content-length", "content-type", "host", "transfer-encoding")
_HEADERS_EXAMPLE: Final = '{"X-Title": "Round table"}'
# A header's or query's value that is shorter is no secret, and stands everywhere: blanked, it made a log unreadable.
_LEAST_SECRET: Final = 4
_SECRET_WORD: Final = 8
# The rest of a query is versions and names, which people look for in a log.
_KEY_NAME: Final = re.compile(r"key|token|secret|passw|sig|auth|code|credential", re.I)
_KEY_VALUE: Final = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{20,}")
_MODEL_AND_KEY: Final = "Its model and key. Blank: the first it lists that holds a discussion, and no key."
_QUERY_EXAMPLE: Final = '{"api-version": "2024-10-21"}'


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that can't be
        sound = False
    if not sound:
        raise ValueError("is not a web address. Write something like http://127.0.0.1:8000/v1")
    return value.rstrip("/")


def _base_address(value: str) -> str:
    parts = urlsplit(value)
    return parts._replace(path=parts.path.rstrip("/"), fragment="").geturl()


def _text_values(value: Any, example: str) -> dict[str, str]:
    values = read_json_object(value, example=example, is_secret=True)
    for name, found in values.items():
        if not isinstance(found, str | int | float) or isinstance(found, bool):
            raise ValueError(f"holds no text under “{name}”. Put the value into quotation marks, such as {example}")
    return {name: str(found).strip() for name, found in values.items()}


def _extra_headers(value: Any) -> Any:
    if value is None or isinstance(value, SecretStr):
        return value
    headers = _text_values(value, _HEADERS_EXAMPLE)
    for name, found in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"holds “{name}”, which can't be a header's name. Write something like {_HEADERS_EXAMPLE}")
        if name.lower() in _FRAMING:
            raise ValueError(f"can't hold “{name}”: the bot sets that header itself. Take it out")
        if not _HEADER_VALUE.fullmatch(found):
            raise ValueError(f"holds a line break or a letter beyond ASCII under “{name}”. Take it out")
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("names a header twice, in capitals and without. Take one out")
    return as_text(headers)


def _extra_query(value: Any) -> Any:
    return value if value is None or isinstance(value, SecretStr) else as_text(_text_values(value, _QUERY_EXAMPLE))


def _certificates(file: Path) -> Path:
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(file)
    except ssl.SSLError:
        context = None
    except OSError as error:
        reason = "is not there" if isinstance(error, FileNotFoundError) else f"can't be read ({error.strerror})"
        raise ValueError(f"{reason}. Name the file with the server's certificate, or with its issuer's") from None
    if context is None or not context.cert_store_stats()["x509"]:
        raise ValueError(
            "holds no certificate in PEM form. It should have a block that begins with -----BEGIN CERTIFICATE-----"
        )
    return file


WebAddress: TypeAlias = Annotated[str, AfterValidator(_web_address)]
BaseAddress: TypeAlias = Annotated[WebAddress, AfterValidator(_base_address)]
ExtraHeaders: TypeAlias = Annotated[SecretStr | None, BeforeValidator(_extra_headers)]
ExtraQuery: TypeAlias = Annotated[SecretStr | None, BeforeValidator(_extra_query)]
CertificateFile: TypeAlias = Annotated[Path, AfterValidator(_certificates)]


Price: TypeAlias = Annotated[Decimal, Field(ge=0, le=1_000_000)] | None
"""Of a million tokens."""


class NamedEndpoint(ModelOptions):
    """An endpoint that personas ask for by its name: ENDPOINT_<NAME>_BASE_URL and so on.

    What is None is as LLM_… has it for the fields of INHERITED; the others are about one server and its model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    # What these do is described; all others do what their twin in LLM_… does.
    base_url: BaseAddress = Field(
        description='Each has a name of your own, here FAST. Personas whose file says "endpoint": "fast" speak '
        "through it; all others through the one above. Its address is needed; several endpoints may have the same.",
    )
    model: str | None = Field(default=None, description=_MODEL_AND_KEY)
    api_key: SecretStr | None = Field(default=None, description=_MODEL_AND_KEY)
    concurrency: int | None = Field(default=None, ge=1, le=1000)
    timeout: float | None = Field(default=None, gt=0, le=3600)
    retries: int | None = Field(default=None, ge=0, le=10)
    reasoning_tokens: int | None = Field(default=None, ge=0, le=32_000)
    context: int | None = Field(default=None, ge=512)
    extra_headers: ExtraHeaders = None
    """A JSON object of texts, as a text. Every value may be a secret."""
    extra_query: ExtraQuery = None
    """A JSON object of texts, as a text."""
    ca_file: CertificateFile | None = None
    price_in: Price = None
    price_out: Price = None
    price_cached: Price = None
    """Of the part of a prompt that the server had ready; None: as the rest."""

    @property
    def headers(self) -> dict[str, str]:
        """The further headers of each request."""
        return _opened(self.extra_headers)

    @property
    def key(self) -> str | None:
        return self.api_key.get_secret_value() if self.api_key else None

    @property
    def secrets(self) -> list[str]:
        """What of it no log and no message may hold."""
        return secrets_in(self.base_url, api_key=self.key, headers=self.headers, query=self.query)

    @property
    def query(self) -> dict[str, str]:
        """The further parts of each address's query, but for those in the base URL."""
        return _opened(self.extra_query)


# What else a host would have to say twice, and may say without giving one server what is another's: keys, words of its
# API, and who else may read the discussion.
INHERITED: Final = ("concurrency", "timeout", "retries", "reasoning_tokens", "stream", "ca_file")


class EndpointsByName(RootModel[dict[str, NamedEndpoint]]):
    """By name, in lower case. Reads `{"fast_base_url": …}`, as it comes from ENDPOINT_FAST_BASE_URL."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        named: dict[str, Any] = {}
        for key, value in data.items():
            field = next((f for f in NamedEndpoint.model_fields if key.endswith(f"_{f}")), None)
            if field is None:  # an endpoint as a whole, or no setting at all
                named[key] = value
            else:
                named.setdefault(key.removesuffix(f"_{field}"), {})[field] = value
        return named


def price_problem(own: NamedEndpoint, prefix: str) -> str:
    """What is missing beside the prices that are set, as a sentence; "" if nothing is. `prefix`: how the names of the
    endpoint's settings begin."""
    prices = {"PRICE_IN": own.price_in, "PRICE_OUT": own.price_out, "PRICE_CACHED": own.price_cached}
    there = [f"{prefix}_{name}" for name, price in prices.items() if price is not None]
    missing = [f"{prefix}_{name}" for name in ("PRICE_IN", "PRICE_OUT") if prices[name] is None]
    if not there or not missing:
        return ""
    return f"{there[0]} is set without {' and '.join(missing)}. Set the prices of a million tokens, 0 for what is free"


def fallback_problem(names: Iterable[str], own: str, endpoints: Collection[str]) -> str:
    """What is wrong with a list of fallbacks of the endpoint `own`, as a predicate; "" if nothing is."""
    for name in names:
        if name == own:
            return f"names “{name}”, which is that endpoint itself. Take it out"
        if name != DEFAULT_ENDPOINT and name not in endpoints:
            known = ", ".join(other for other in (DEFAULT_ENDPOINT, *endpoints) if other != own) or "none yet"
            return f"names “{name}”, which is no endpoint. There are: {known}. Or set ENDPOINT_{name.upper()}_BASE_URL"
    return ""


def secrets_in(
    base_url: str, *, api_key: str | None, headers: Mapping[str, str], query: Mapping[str, str]
) -> list[str]:
    """What of these no log and no message may hold, longer texts first: they may hold shorter ones."""
    parts = urlsplit(base_url)
    secrets = {parts.password or ""}
    for value in headers.values():
        # A server that quotes the key leaves out the word before it (Bearer, Basic, Token).
        secrets |= {value, *(word for word in value.split() if len(word) >= _SECRET_WORD)}
    for name, value in [*parse_qsl(parts.query), *query.items()]:
        if _KEY_NAME.search(name) or _KEY_VALUE.fullmatch(value):
            secrets.add(value)
    secrets |= {form for secret in secrets for form in (quote(secret, safe=""), quote_plus(secret), unquote(secret))}
    known = {secret for secret in secrets if len(secret) >= _LEAST_SECRET} | ({api_key} if api_key else set())
    return sorted(known, key=len, reverse=True)


def _opened(values: SecretStr | None) -> dict[str, str]:
    return read_json_object(values.get_secret_value(), example="{}", is_secret=True) if values else {}
