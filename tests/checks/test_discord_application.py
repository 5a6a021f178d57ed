"""What `roundtable check` says of the application on Discord's developer portal, and what `--fix` sets there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
import pytest

from bot.chat.rules.permissions import NEEDED
from bot.checks import discord_login
from bot.checks.discord_login import check_discord
from bot.checks.report import Report
from bot.settings import Settings
from tests.support.discord_stand_in import Fault, StandIn, World, pointed_at, stand_in

NEEDS = discord.Permissions(**dict.fromkeys(NEEDED, True)).value
RIGHT = {"scopes": ["bot", "applications.commands"], "permissions": str(NEEDS)}
ADD_REACTIONS = discord.Permissions(add_reactions=True).value
MORE = {"scopes": ["bot", "webhook.incoming"], "permissions": str(ADD_REACTIONS)}
ADMIN = RIGHT | {"permissions": str(discord.Permissions(administrator=True).value)}
BOTH = {"scopes": [*RIGHT["scopes"], "webhook.incoming"], "permissions": str(NEEDS | ADD_REACTIONS)}
FOR_MEMBERS = {"oauth2_install_params": {"scopes": ["applications.commands"], "permissions": "0"}}
PRIVATE = {"bot_public": False}
OWN_LINK = {"custom_install_url": "https://example.org/add"}
ON_SERVERS = {"integration_types_config": {"0": {"oauth2_install_params": RIGHT}}}
EVERYWHERE = {"integration_types_config": {"0": {}, "1": FOR_MEMBERS}}
POLICY, TERMS = "https://example.org/privacy", "https://example.org/terms"
ONE_SERVER = {"allowed_servers": "112233445566778899"}
BY_FIX = "`roundtable check --fix` sets that right."
TOO_LITTLE = f"! Discord: whoever presses “Add App” on the bot's profile gives it too little to work with. {BY_FIX}"
FOR_ONESELF = f"! Discord: members can install the bot for themselves alone, which opens no table anywhere. {BY_FIX}"


@dataclass
class Portal:
    """Discord with an application, and what `check` has said of it."""

    server: StandIn
    given: dict[str, Any]
    told: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.server.world

    @property
    def patches(self) -> list[Any]:
        return self.world.requests_to("PATCH", "/applications/@me")

    async def check(self, *, fix: bool = False) -> int:
        """Out: how many faults there are. `told` is what was said this time."""
        self.told.clear()
        report = Report(self.told.append)
        settings = Settings(_env_file=None, discord_token=self.server.token, **self.given)  # type: ignore[call-arg]
        await check_discord(settings, report, fix=fix)
        return report.faults

    def says(self, beginning: str) -> bool:
        return any(line.startswith(beginning) for line in self.told)


@asynccontextmanager
async def portal(application: dict[str, Any], **given: Any) -> AsyncIterator[Portal]:
    async with stand_in() as server:
        server.world.application |= application
        with pointed_at(server):
            yield Portal(server, given)


@pytest.mark.parametrize(
    ("application", "given", "line"),
    [
        (
            {},
            {},
            "! Discord: “Public Bot” is on and ALLOWED_SERVERS is not set, so anybody can add the bot to a server",
        ),
        (
            {},
            ONE_SERVER,
            "✓ Discord: “Public Bot” is on, so anybody can add the bot to a server. "
            "It stays only on those of ALLOWED_SERVERS: 112233445566778899.",
        ),
        (PRIVATE, {}, "✓ Discord: “Public Bot” is off, so only you can add the bot to servers."),
        ({"bot_require_code_grant": True}, {}, "✗ Discord: “Requires OAuth2 Code Grant” is on, so no invite works."),
        ({"interactions_endpoint_url": "https://a.example/"}, {}, "✗ Discord: commands go to a web address and never"),
        ({}, {}, "! HOST_CONTACT is not set, so members can't report a problem to you."),
        ({}, {}, "! Discord: the application has no privacy policy, which Discord asks of every one."),
        (
            {"privacy_policy_url": POLICY},
            {},
            f"! PRIVACY_URL is not the privacy policy that Discord shows. Set it to {POLICY}",
        ),
        ({}, {}, "! Discord: the application has no terms of service"),
        (
            {"approximate_guild_count": 80},
            {},
            "! Discord: the bot is on about 80 servers. Unless Discord has verified it",
        ),
        (
            {"approximate_guild_count": 4600},
            {"shard_count": 2},
            "! Discord: the bot is on about 4,600 servers, and each of SHARD_COUNT=2 shards may have 2,500.",
        ),
        ({}, {}, TOO_LITTLE),
        ({"install_params": MORE} | ON_SERVERS, {}, TOO_LITTLE),
        (EVERYWHERE, {}, FOR_ONESELF),
        (PRIVATE | EVERYWHERE, {}, FOR_ONESELF),
        (ON_SERVERS, {}, "✓ Discord: the install settings are right."),
        (PRIVATE, {}, "✓ Discord: the install settings are right."),
        (OWN_LINK, {}, "! Discord: “Add App” leads to https://example.org/add."),
        (OWN_LINK, {}, "✓ Discord: the install settings are right."),
        ({"integration_types_config": {"0": {"oauth2_install_params": ADMIN}}}, {}, "✓ Discord: the install settings"),
        ({}, ONE_SERVER, "! Discord: The Long Table ("),
    ],
)
async def test_how_it_is_set_is_told(application: dict[str, Any], given: dict[str, str], line: str) -> None:
    async with portal(application, **given) as discord_portal:
        faults = await discord_portal.check()
        assert discord_portal.says(line), discord_portal.told
        assert faults == line.startswith("✗")
        assert discord_portal.patches == []


async def test_an_application_with_all_of_it_gets_no_notes() -> None:
    application = PRIVATE | {"privacy_policy_url": POLICY, "terms_of_service_url": TERMS}
    async with portal(application, privacy_url=POLICY, host_contact="me") as discord_portal:
        assert await discord_portal.check() == 0
        assert [line for line in discord_portal.told if not line.startswith("✓")] == []
        invite = f"&scope=bot+applications.commands&permissions={NEEDS}&integration_type=0"
        assert any(line.endswith(invite) for line in discord_portal.told)


@pytest.mark.parametrize(
    ("application", "config", "older"),
    [
        ({}, {"0": {"oauth2_install_params": RIGHT}}, None),
        (EVERYWHERE | OWN_LINK, {"0": {}}, None),
        ({"integration_types_config": None}, {"0": {"oauth2_install_params": RIGHT}}, None),
        (EVERYWHERE, {"0": {"oauth2_install_params": RIGHT}}, None),
        # What the host has set besides stays.
        (
            {"integration_types_config": {"0": {"oauth2_install_params": MORE}}, "install_params": MORE},
            {"0": {"oauth2_install_params": BOTH}},
            BOTH,
        ),
        # No default link, which Discord refuses such an application.
        (PRIVATE | EVERYWHERE, {"0": {}}, None),
    ],
    ids=["new", "own link", "old", "for members too", "with more", "private"],
)
async def test_fix_sets_how_it_is_installed_and_nothing_else(
    application: dict[str, Any], config: dict[str, Any], older: dict[str, Any] | None
) -> None:
    async with portal({"role_connections_verification_url": "https://example.org/"} | application) as discord_portal:
        wanted = discord_portal.world.application | {"integration_types_config": config}
        assert await discord_portal.check(fix=True) == 0
        assert discord_portal.says("✓ Discord: --fix: ")
        assert discord_portal.world.application == (wanted | {"install_params": older} if older else wanted)
        assert await discord_portal.check(fix=True) == 0
        assert discord_portal.says("✓ Discord: the install settings are right.")
        assert len(discord_portal.patches) == 1


# Discord refuses; or it leaves what was not sent as it is, since its page does not say whether that is taken away.
REFUSED = Fault.refused(400, 50035, "Invalid Form Body")
MERGED = {"id": "1", "bot_public": True, "integration_types_config": {"0": {"oauth2_install_params": RIGHT}, "1": {}}}


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (
            REFUSED,
            "✗ Discord: the install settings were refused (Invalid Form Body). Set them under https://discord.com/",
        ),
        (
            Fault(stores=False, answer=(200, MERGED, {})),
            "✗ Discord: the install settings were taken, but members can install the bot for themselves alone",
        ),
    ],
    ids=["refused", "merged"],
)
async def test_what_fix_could_not_set_is_told_with_where_to_set_it(fault: Fault, line: str) -> None:
    async with portal(EVERYWHERE) as discord_portal:
        discord_portal.server.faults.next("PATCH", "/applications/@me", fault)
        assert await discord_portal.check(fix=True) == 1
        assert discord_portal.says(line), discord_portal.told
        where = "Installation: Guild Install only, and for it the scopes bot and applications.commands"
        assert any(where in told for told in discord_portal.told if told.startswith("✗"))


@pytest.mark.parametrize("fix", [True, False])
async def test_without_a_token_nothing_can_be_set(fix: bool) -> None:
    report = Report(lambda _: None)
    await check_discord(Settings(_env_file=None), report, fix=fix)  # type: ignore[call-arg]
    assert report.faults == fix


@pytest.mark.parametrize(
    ("route", "fault", "line"),
    [
        (("PATCH", "/applications/@me"), Fault.refused(401, 0, "401: Unauthorized"), "✗ Discord: Discord refused"),
        (("PATCH", "/applications/@me"), Fault.rate_limited(3600), "✗ Discord: takes no more requests for 3600 s."),
        (("GET", "/users/@me"), Fault.rate_limited(None, via=False), "✗ Discord: takes no more requests from this"),
        (
            ("GET", "/applications/@me"),
            Fault.refused(403, 40333, "no"),
            "✗ Discord: refused what it was asked (HTTP 403",
        ),
        (("GET", "/applications/@me"), Fault.accepted_then_page(), "✗ Discord: what came back is no answer of Disc"),
        (("GET", "/guilds/"), Fault.hang(), "✗ Discord: no answer within 0.3 s."),
        (("GET", "/guilds/"), Fault.refused(403, 50001, "Missing Access"), "! Discord: The Long Table can't be looked"),
    ],
)
async def test_what_discord_answers_in_place_of_it_is_told(
    route: tuple[str, str], fault: Fault, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As what it is, and soon."""
    monkeypatch.setattr(discord_login, "SECONDS", 0.3 if fault.hangs else 30)
    async with portal({}) as discord_portal:
        discord_portal.server.faults.next(*route, fault, times=9)
        assert await discord_portal.check(fix=True) == line.startswith("✗")
        assert discord_portal.says(line), discord_portal.told
        discord_portal.server.faults.release()


async def test_a_status_channel_that_is_not_there_is_a_fault() -> None:
    async with portal({}) as there:
        there.given["discord_status_channel"] = there.world.general.id
        assert await there.check() == 0
        there.given["discord_status_channel"] = there.world.add_channel("a category", kind=4).id
        assert await there.check() == 1
        there.given["discord_status_channel"] = missing = there.world.new_id()
        assert await there.check() == 1
        assert there.says(f"✗ Discord: DISCORD_STATUS_CHANNEL {missing} is no channel that the bot can write to (")
