"""The address of a server's API, made of what hosts write into the settings."""

import re
from typing import Final

# What documentation shows is often the address of one call, not of the API.
_CALLS: Final = re.compile(r"/(?:chat/completions|completions|responses|models|chat)/*$")
# A version in the path: most servers have their API beneath one.
_VERSION: Final = re.compile(r"/v\d+(?:(?:alpha|beta)\d*)?(?:/|$)|/api(?:/|$)|/openai(?:/|$)")


def api_root(path: str) -> str:
    """The path under which the calls are, of the path that the host has written."""
    return _CALLS.sub("", path)


def has_version(path: str) -> bool:
    """Whether a path says itself which version of an API is meant, so that none need be looked for."""
    return bool(_VERSION.search(api_root(path)))
