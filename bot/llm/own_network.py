"""Whether an endpoint stands on the host's own network, or on the internet, where somebody else runs it."""

import ipaddress
import socket
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

# Names that no public server bears: RFC 6761, RFC 6762, RFC 8375, what routers, clouds and old Linux machines use, and
# those of a Tailscale network.
_PRIVATE_NAMES: Final = (".local", ".localhost", ".localdomain", ".internal", ".lan", ".home.arpa", ".ts.net")


def host_of(base_url: str) -> str:
    """The name or number of an endpoint's machine, without the rest of its address."""
    return (urlsplit(base_url).hostname or "").removesuffix(".")


def is_at_home(base_url: str) -> bool:
    """Whether an endpoint's machine is loopback or private, as far as its address tells."""
    host = host_of(base_url)
    number = _number(host)
    if number is None:
        return "." not in host or host.endswith(_PRIVATE_NAMES)
    return not number.is_global


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The number that a host is, if it is one; also as one that a resolver reads: 127.1, 0x7f000001."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            return None
    return getattr(number, "ipv4_mapped", None) or number


def hosts_away(base_urls: Iterable[str]) -> list[str]:
    """The machines of these endpoints that are not the host's own, each once."""
    return list(dict.fromkeys(host_of(base_url) for base_url in base_urls if not is_at_home(base_url)))
