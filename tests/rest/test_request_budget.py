"""How many requests a table takes of Discord's 50 a second, which docs/scaling.md reckons with."""

from collections import Counter

from tests.support.rest_house import RestHouse


async def test_a_table_of_ten_turns_makes_two_dozen_requests_beside_its_turns(house: RestHouse) -> None:
    async with house.running():
        before = len(house.world.requests)
        house.llm.enqueue(*(f"My {number}th thought is about {chr(97 + number) * 6}." for number in range(11)))
        await house.start(turns=10)
        await house.until_ended()
        made = house.world.requests[before:]
    by_webhook = [each for each in made if each.method == "POST" and each.path.startswith("/webhooks/")]
    turns = [each for each in by_webhook if "interaction" not in each.path]
    assert len(turns) == 10
    others = Counter((each.method, each.path.split("/")[1]) for each in made if each not in turns)
    assert 15 <= others.total() <= 28, others
