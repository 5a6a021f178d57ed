"""Caches of what was said: one registry, so that a text that is deleted or changed leaves all of them at once."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, ParamSpec, Protocol, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


class TextCache(Protocol):
    """A function with a cache, as `functools.lru_cache` makes it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def cache_info(self) -> Any: ...
    def cache_clear(self) -> None: ...


# Every cache whose keys or values hold texts of turns.
TURN_TEXT_CACHES: Final[list[TextCache]] = []


def caches_turn_texts(*, maxsize: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: keep the last `maxsize` results of a pure function of turns' texts until `forget_turn_texts()`.

    Any function that is given what somebody said is cached by this and never by `lru_cache` itself.
    """

    def cached(function: Callable[P, R]) -> Callable[P, R]:
        cache = lru_cache(maxsize)(function)
        TURN_TEXT_CACHES.append(cache)
        return cast(Callable[P, R], cache)

    return cached


def forget_turn_texts() -> None:
    """Empty every cache of turns' texts. `Record.put` does so whenever a text is deleted or changed."""
    for cache in TURN_TEXT_CACHES:
        cache.cache_clear()
