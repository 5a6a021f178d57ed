"""Whether an endpoint stands on the host's own network, or on the internet, where somebody else runs it."""

import ipaddress
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

# Names that no public server bears: RFC 6761, RFC 6762, RFC 8375, and what routers and clouds use.
_PRIVATE_NAMES: Final = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


def host_of(base_url: str) -> str:
    """The name or number of an endpoint's machine, without the rest of its address."""
    return (urlsplit(base_url).hostname or "").removesuffix(".")


def is_at_home(base_url: str) -> bool:
    """Whether an endpoint's machine is loopback or private, as far as its address tells."""
    host = host_of(base_url)
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_NAMES)


def hosts_away(base_urls: Iterable[str]) -> list[str]:
    """The machines of these endpoints that are not the host's own, each once."""
    return list(dict.fromkeys(host_of(base_url) for base_url in base_urls if not is_at_home(base_url)))
