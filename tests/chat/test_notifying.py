"""Which posts notify members, by what the host has set."""

import pytest

from bot.chat.rules.notifying import is_silent
from bot.settings import Notify
from bot.store.models import PostKind


@pytest.mark.parametrize(
    ("notify", "notifying"),
    [("card", {PostKind.CARD}), ("all", set(PostKind)), ("none", set())],
)
def test_what_notifies(notify: Notify, notifying: set[PostKind]) -> None:
    assert {kind for kind in PostKind if not is_silent(kind, notify)} == notifying
