"""Members who speak through another application's webhook."""

from tests.support.rest_house import RestHouse

PLURALKIT = 466378653216014359


async def test_only_webhooks_of_known_applications_speak_for_members(table: RestHouse) -> None:
    session, gate = await table.between_turns()
    world = table.world
    hooks = {name: world.add_webhook("general", name) for name in ("Proxy", "News", "Relay")}
    hooks["Proxy"].application_id = PLURALKIT
    hooks["Relay"].application_id = 77
    world.webhook_says(hooks["News"], "Flour is up.", username="Luna")
    world.webhook_says(hooks["Relay"], "Aino, beep.", username="Luna")
    world.webhook_says(hooks["Proxy"], "// between us", username="Luna")
    world.webhook_says(hooks["Proxy"], "Ravi, is rye better?", username="Luna")
    (run,) = table.bot.supervisor.open_sessions()
    await world.until(lambda: any(turn.kind == "guest" for turn in run.record), what="the guest's turn")
    await table.server.settled()
    gate.set()
    await table.until_ended()
    guests = [turn for turn in await table.store.record(session.id) if turn.kind == "guest"]
    assert [(turn.speaker, turn.text, turn.addressed) for turn in guests] == [("Luna", "Ravi, is rye better?", "Ravi")]
