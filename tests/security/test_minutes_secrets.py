"""What is handed out as minutes holds what was shown, and nothing that the host or the database keeps to itself."""

from pathlib import Path

from bot.discussion.model.record import Turn, Usage, moderator_turn
from bot.discussion.model.steerings import Compaction, QuestionPut
from bot.discussion.model.task import Task
from bot.minutes.account import PlaceNames
from bot.minutes.as_markdown import as_markdown
from bot.sessions.delivery.minutes import minutes_files, told_of
from bot.store.models import Post, PostKind, PostStatus, Webhook
from bot.store.store import open_store
from tests.support.recorded_table import persona
from tests.support.samples import CONVENER, GUILD, PLACE, database, stored_session

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.a-secret-that-is-Discords-27"
KEY = "sk-a-key-of-the-host"
WEBHOOK = "hook_Token-0123456789"
ADDRESS = "http://models.internal:8000/v1"
MEMBER = 313131313131313131
MESSAGE = 424242424242424242


async def test_no_form_of_the_minutes_holds_a_secret_or_an_id(tmp_path: Path) -> None:
    """Each is put wherever the database has something beside what was shown."""
    secrets = f"{TOKEN} {KEY} https://discord.com/api/webhooks/1/{WEBHOOK} {ADDRESS}"
    marit = persona(
        "Marit", prompt=f"You are Marit. CARD {secrets}", endpoint="inner", model=f"MODEL-{KEY}",
        extra_body={"key": f"{KEY}"}, avatar=f"https://cdn.example/{WEBHOOK}.png",
    )  # fmt: skip
    task = Task(name="boats", context="A harbour.", questions=("Row?",), discuss=f"RULES {secrets}", summarize=secrets)
    usage = Usage(finish_reason=KEY, latency_ms=123456.7)
    said = Turn(
        2, "persona", "Marit", "It floats.", raw=f"RAW {secrets}", flags=(KEY,), usage=usage, message_id=MESSAGE
    )
    guest = Turn(3, "guest", "Wanda", "Does it?", message_id=MESSAGE + 1, author_id=MEMBER)
    async with open_store(*database(tmp_path)) as store:
        stored = await store.add_session(stored_session(cast=(marit, persona("Pedro")), task=task), [])
        await store.webhooks.add(Webhook(77, PLACE, WEBHOOK, GUILD))
        record = [moderator_turn(await store.record(stored.id), QuestionPut(question="Row?"), "Row?"), said, guest]
        record.append(Turn(4, "moderator", "Moderator", "", steering=Compaction(upto=2, gist=f"GIST {secrets}")))
        record.append(Turn(5, "persona", "Pedro", f"WITHHELD {secrets}", withheld=True))
        for turn in record:
            await store.add_turn(stored.id, PLACE, turn, [Post(PostKind.TURN, turn.text, status=PostStatus.POSTED)])
        names = PlaceNames("Bakers", "general", "mira")
        files = await minutes_files(store, stored.id, names=names, faces={})
        cost = await store.spending.cost_of(stored.id)
        record = await store.record(stored.id)
        closing = as_markdown(told_of(stored, record, names, {}, cost=cost, is_over=True))
    texts = [closing, *(data.decode() for _, data in files)]
    assert all("It floats." in text and "Does it?" in text for text in texts)
    kept = (
        *(
            TOKEN,
            KEY,
            WEBHOOK,
            ADDRESS,
            "models.internal",
            "CARD",
            "RULES",
            "RAW",
            "GIST",
            "WITHHELD",
            "MODEL",
            "inner",
        ),
        *map(str, (MEMBER, MESSAGE, MESSAGE + 1, GUILD, PLACE, CONVENER)),
    )
    assert [word for word in kept if any(word in text for text in texts)] == []
