"""What servers set for themselves, and what the bot remembers."""

from datetime import UTC, datetime
from pathlib import Path

from bot.store.server_settings import ServerSettings
from bot.store.store import Store, open_store
from tests.support.samples import database


async def test_a_server_has_the_defaults_until_it_sets_something(store: Store) -> None:
    assert await store.servers.of(1) == ServerSettings(opener_role_id=None, hears_proxies=True)
    assert await store.servers.change(1, opener_role_id=5) == ServerSettings(opener_role_id=5)
    assert await store.servers.change(1, hears_proxies=False) == ServerSettings(5, hears_proxies=False)
    assert await store.servers.change(1, opener_role_id=None) == ServerSettings(hears_proxies=False)
    assert await store.servers.of(2) == ServerSettings()


async def test_what_is_set_goes_with_the_server(store: Store) -> None:
    await store.servers.change(1, opener_role_id=5)
    assert await store.expiry.note_servers([2], datetime.now(UTC)) == [1]
    await store.expiry.delete_server(1)
    assert await store.servers.of(1) == ServerSettings()


async def test_what_is_remembered_outlives_the_process(tmp_path: Path) -> None:
    url, file = database(tmp_path)
    async with open_store(url, file) as store:
        assert await store.remembered.get("commands") is None
        await store.remembered.put("commands", "one")
        await store.remembered.put("commands", "two")
    async with open_store(url, file) as store:
        assert await store.remembered.get("commands") == "two"
        await store.remembered.put("commands", None)
        assert await store.remembered.get("commands") is None
