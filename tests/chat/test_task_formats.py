"""How a task's table goes stays with the task: through the form that changes it, and in what is shown of it."""

from bot.chat.cards.components import card
from bot.chat.cards.making_cards import task_parts
from bot.chat.commands.making.crafts import CRAFTS
from bot.discussion.model.task import Task

TASK = Task(name="Evenings", questions=("Which?",), format="council", options=("a *game*", "none"))


def test_a_task_keeps_its_format_and_options_while_the_rest_of_it_is_changed() -> None:
    content = CRAFTS["task"].content_of(TASK)
    content["fields"]["context"] = "A club."
    made, wrong = CRAFTS["task"].read(content)
    assert (made, wrong) == (TASK.model_copy(update={"context": "A club."}), [])


def test_a_task_shows_how_its_table_goes() -> None:
    shown = str(card(*task_parts(TASK)).to_components())
    assert "**Format**\\nCouncil" in shown
    assert r"**Options**\na \\*game\\* · none" in shown
    usual = str(card(*task_parts(TASK.model_copy(update={"format": "", "options": ()}))).to_components())
    assert "**Format**" not in usual
    assert "**Options**" not in usual
    assert "by itself" not in usual
    daily = str(card(*task_parts(TASK.model_copy(update={"starter": "daily 09:00"}))).to_components())
    assert "**A question by itself**\\ndaily 09:00" in daily
