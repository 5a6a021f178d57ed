"""How often a table may speak on Discord, with others in its channel and its threads, and with long turns."""

import pytest

from bot.chat.posting.least_pause import least_pause


@pytest.mark.parametrize(
    ("tables", "messages", "seconds"),
    [
        (1, 0, 3),  # nothing posted yet
        (1, 1, 3),
        (1, 3, 6),
        (2, 1, 4),
        (10, 1, 20),
        (10, 3, 60),
        (0, 1, 3),  # on its way out
    ],
)
def test_together_they_post_no_more_than_thirty_messages_a_minute(tables: int, messages: int, seconds: float) -> None:
    assert least_pause(tables, messages) == seconds
    assert tables * messages * 60 / seconds <= 30
