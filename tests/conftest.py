"""What several areas of the tests share."""

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from bot.settings import Settings, shipped

if TYPE_CHECKING:
    from tests.support.postgresql_server import PostgresqlServer

gc.disable()  # until all is collected

pytest.register_assert_rewrite("tests.support")

# Less than half of what is usual, so that the suite stays short; a test that needs more says so. No example has a
# deadline: how long one takes is the machine's doing.
settings.register_profile("suite", max_examples=25, deadline=None)
settings.load_profile("suite")


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine: an empty environment, no `.env`, the shipped personas and tasks."""
    prefixes = ("DISCUSSION", *(name.upper() for name in Settings.model_fields))
    for name in [name for name in os.environ if name.upper().startswith(prefixes)]:
        monkeypatch.delenv(name)
    for folder in ("personas", "tasks"):
        (tmp_path / folder).symlink_to(shipped(folder).resolve())
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def postgresql_server() -> "Iterator[PostgresqlServer]":
    """One for all tests of this process. Skipped where PostgreSQL is missing."""
    from tests.support.postgresql_server import run_server

    with run_server() as server:
        yield server


@pytest.fixture(autouse=True)
def no_log_of_an_earlier_test() -> Iterator[None]:
    """What a test had set up to log to its standard error goes with that."""
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    for handler in [handler for handler in root.handlers if type(handler) is logging.StreamHandler]:
        if handler not in before:
            root.removeHandler(handler)


@pytest.fixture(autouse=True)
def nobody_near_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever model servers run on this machine are left alone."""
    monkeypatch.setattr("bot.llm.local.nearby.PORTS", ())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones come first, so that none is still under way when the others are done.

    simcord must take the pause between two turns for rest: its limit stays well under PACE (simulated_place.py).
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if "simcord_env" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.simcord(settle_timeout=2.0))


def pytest_collection_finish() -> None:
    """Modules and thousands of tests stay to the end: the collector of garbage need not look at them each time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)
