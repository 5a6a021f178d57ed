"""The bot on a simulated Discord, as the tests of the chat room have it."""

from pathlib import Path

import pytest

from tests.chat.conftest import (  # noqa: F401 (fixtures are found by their names)
    _fast,
    _one_seed,
    _quiet_log,
    env,
    llm,
    message_content,
    parts,
    place,
    simcord_bot,
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs_errors: the bot is expected to log an error in this test")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.simcord(settle_timeout=2.0))
