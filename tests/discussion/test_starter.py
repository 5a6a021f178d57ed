"""When a standing table puts a question by itself, which, and that it does so once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record, Session, moderator_turn
from bot.discussion.model.starter import Starter, question_due
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.model.task import Task
from bot.library.file_problem import UnusableFile
from bot.library.files import read_task
from bot.library.task_exchange import exported_task, imported_task

HELSINKI = ZoneInfo("Europe/Helsinki")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def session(starter: str) -> Session:
    task = Task(name="bread", questions=("Who bakes?", "Who pays?", "Who eats?"), starter=starter)
    return Session(task, (), Dials(format="open"), 1)


def here(*at: int) -> datetime:
    return datetime(*at, tzinfo=HELSINKI)  # type: ignore[arg-type]


def due(starter: str, now: datetime, record: Record | None = None, opened: datetime = LONG_AGO) -> QuestionPut | None:
    return question_due(session(starter), record or Record(), now, opened)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("daily 09:00", "daily 09:00"),
        ("Every day at 9:05", "daily 09:05"),
        ("weekly Mon 09:00", "weekly Monday 09:00"),
        ("every sunday at 23:59", "weekly Sunday 23:59"),
    ],
)
def test_what_people_write(written: str, read: str) -> None:
    assert str(Starter.read(written)) == read
    assert str(Starter.read(read)) == read


@pytest.mark.parametrize("written", ["daily", "daily 25:00", "weekly 09:00", "weekly xyz 09:00", "every t 9:00", "now"])
def test_what_says_no_time_is_told(written: str, tmp_path: Path) -> None:
    (tmp_path / "questions.txt").write_text("Who bakes?")
    (tmp_path / "starter.txt").write_text(written)
    task, (problem,) = read_task(tmp_path)
    assert task is None
    assert str(problem).endswith("Write daily 09:00, or weekly Monday 09:00.")
    with pytest.raises(UnusableFile, match="Write daily"):
        imported_task(b'{"name": "b", "questions": ["Who bakes?"], "starter": "%s"}' % written.encode(), "b.json")


def test_a_task_keeps_it_on_its_way_out_and_in(tmp_path: Path) -> None:
    (tmp_path / "questions.txt").write_text("Who bakes?")
    (tmp_path / "starter.txt").write_text("every mon 9:00\n")
    task, problems = read_task(tmp_path)
    assert task is not None
    assert (task.starter, problems) == ("weekly Monday 09:00", [])
    assert imported_task(exported_task(task), "b.json").starter == task.starter


def test_it_is_put_from_its_hour_on_and_late_but_not_hours_later() -> None:
    assert due("daily 09:00", here(2026, 3, 2, 8, 59)) is None
    assert due("daily 09:00", here(2026, 3, 2, 9, 0)) == QuestionPut(question="Who bakes?", day=date(2026, 3, 2))
    assert due("daily 09:00", here(2026, 3, 2, 15, 0)) is not None
    assert due("daily 09:00", here(2026, 3, 2, 15, 1)) is None
    assert due("daily 22:00", here(2026, 3, 1, 1, 30)) == QuestionPut(question="Who bakes?", day=date(2026, 2, 28))


def test_a_table_that_was_opened_behind_its_hour_waits_for_the_next() -> None:
    assert due("daily 09:00", here(2026, 3, 2, 9, 30), opened=here(2026, 3, 2, 9, 10)) is None
    assert due("daily 09:00", here(2026, 3, 3, 9, 0), opened=here(2026, 3, 2, 9, 10)) is not None


def test_weekly_is_on_its_day_alone() -> None:
    found = [day for day in range(1, 29) if due("weekly Sat 18:00", here(2026, 2, day, 18, 5))]
    assert found == [7, 14, 21, 28]


def test_a_year_has_each_day_once_and_the_questions_in_order() -> None:
    """Looked at every hour and a half, with a bot that is away now and then, and over both changes of the
    clock: at an hour that one of them leaves out, and the other has twice."""
    for starter in ("daily 03:30", "daily 00:00"):
        table, record, now = session(starter), Record(), datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
        while now < datetime(2027, 1, 1, 12, 0, tzinfo=UTC):
            if put := question_due(table, record, now.astimezone(HELSINKI), LONG_AGO):
                record.append(moderator_turn(record, put, put.question))
            now += timedelta(minutes=90)
        put_on = [s for _, s in record.steerings() if isinstance(s, QuestionPut)]
        assert [s.day for s in put_on] == [date(2026, 1, 2) + timedelta(days=n) for n in range(365)]
        assert [s.question for s in put_on[:4]] == ["Who bakes?", "Who pays?", "Who eats?", "Who bakes?"]
        assert [s.again for s in put_on[:4]] == [False, False, False, True]


def test_the_next_time_comes_behind_the_last() -> None:
    for starter in ("daily 03:30", "weekly Sun 03:30"):
        when, now = Starter.read(starter), datetime(2026, 3, 1, tzinfo=UTC)
        while now < datetime(2026, 11, 20, tzinfo=UTC):
            local = now.astimezone(HELSINKI)
            assert when.before(local).timestamp() <= now.timestamp() < when.after(local).timestamp()
            now += timedelta(minutes=47)
