"""The address of a server's API, made of what hosts write into the settings."""

import re
from typing import Final

# A version in the path: most servers have their API beneath one.
_VERSION: Final = re.compile(r"/v\d+(?:(?:alpha|beta)\d*)?(?:/|$)|/api(?:/|$)|/openai(?:/|$)")
# What documentation shows is often the address of one call, not of the API.
_CALLS: Final = re.compile(r"/(?:chat/completions|completions|responses|chat)/*$")
# Azure AI Foundry has its API beneath /models itself: it is a call only where a version stands before it.
_LIST: Final = re.compile(r"/models/*$")


def api_root(path: str) -> str:
    """The path under which the calls are, of the path that the host has written."""
    root = _CALLS.sub("", path)
    above = _LIST.sub("", root)
    return above if _VERSION.search(above) else root.rstrip("/")


def has_version(path: str) -> bool:
    """Whether a path says itself which version of an API is meant, so that none need be looked for."""
    return bool(_VERSION.search(api_root(path)))
