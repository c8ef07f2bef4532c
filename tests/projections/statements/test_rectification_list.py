"""T13: what had to be put right, by whom and by when, and who found it done (FIRM-15)."""

from datetime import date

import pytest

from ledger.actions.rectification import (
    RectificationAccepted,
    RectificationOpened,
    RectificationRejected,
    RectificationReported,
    ReportRectification,
)
from ledger.actors import Role
from ledger.store.vault import Upload
from projections import exceptions, rectifications
from tests.ledger.story import WUTONGLI, Fact
from tests.projections import auditing
from tests.projections.books import Books
from tests.projections.statement_words import asked, composed, row, rows

MAY, DUE, SEPTEMBER, OCTOBER = date(2026, 5, 8), date(2026, 9, 10), date(2026, 9, 15), date(2026, 10, 2)
SPRING_QUARTER = date(2026, 4, 1), date(2026, 6, 30)
THIRD_QUARTER = date(2026, 7, 1), date(2026, 9, 30)
LAST_QUARTER = date(2026, 10, 1), date(2026, 12, 31)


def opened(item: str = "stairs", *, on: date = MAY, due_on: date = DUE) -> Fact:
    event = RectificationOpened(
        item=item,
        source="述职评议",
        problem="楼道堆物。",
        responsible="恒升物业",
        due_on=due_on,
        measures="每周清一次，拍照存档。",
        acceptance="五层楼道没有堆物。",
    )
    return Fact(event, "neighbourhood", on)


def reported(item: str = "stairs", *, on: date) -> Fact:
    return Fact(RectificationReported(item=item, report="堆物已清理。"), "firm", on)


def rejected(item: str = "stairs", *, on: date) -> Fact:
    return Fact(RectificationRejected(item=item, reason="五楼仍有堆物。"), "neighbourhood", on)


def accepted(item: str = "stairs", *, on: date, by: Role = "chair") -> Fact:
    return Fact(RectificationAccepted(item=item, remark="已到现场看过。"), by, on)


def test_an_item_is_followed_from_where_it_was_found_to_who_struck_it_off(books: Books) -> None:
    number = books.tell(opened())
    books.tell(reported(on=SEPTEMBER), accepted(on=OCTOBER))
    found = composed(books, "T13")
    assert row(found, "items") == {
        "item": "stairs",
        "source": "述职评议",
        "problem": "楼道堆物。",
        "found_on": "2026-05-08",
        "responsible": "恒升物业",
        "measures": "每周清一次，拍照存档。",
        "acceptance": "五层楼道没有堆物。",
        "due_on": "2026-09-10",
        "progress": "accepted",
        "done_on": "2026-09-15",
        "report": "堆物已清理。",
        "evidence": 0,
        "rejections": 0,
        "judged_by": "chair",
        "conclusion": "accepted",
        "judged_on": "2026-10-02",
        "remark": "已到现场看过。",
        "closed_on": "2026-10-02",
        "overdue_days": 5,  # from 10 to 15 September; that it was judged later is not the firm's delay
        "record": number,
    }
    assert found.figures == {"items": 1, "closed": 1, "not_closed": 0, "overdue": 0}


def test_the_files_that_came_with_its_reports_are_counted(books: Books) -> None:
    photo = "ab" * 32
    books.story.vault.keep_upload(WUTONGLI, Upload(photo, "五楼楼道.jpg", "image/jpeg", 2_048, "public"))
    books.tell(opened())
    cleared = ReportRectification(item="stairs", report="堆物已清理。", attachments=(photo,))
    asked(books, cleared, by="firm")
    assert row(composed(books, "T13"), "items")["evidence"] == 1


def test_it_is_overdue_from_the_day_after_it_was_due_as_of_the_periods_end(books: Books) -> None:
    books.tell(opened())
    for ends_on, days in ((DUE, 0), (date(2026, 9, 11), 1), (date(2026, 9, 30), 20)):
        found = composed(books, "T13", period=(date(2026, 7, 1), ends_on))
        assert row(found, "items")["overdue_days"] == days
        assert found.figures["overdue"] == (1 if days else 0)


def test_what_was_sent_back_is_open_again_and_its_days_run_on(books: Books) -> None:
    books.tell(opened(), reported(on=DUE), rejected(on=SEPTEMBER))
    item = row(composed(books, "T13", period=THIRD_QUARTER), "items")
    assert (item["progress"], item["conclusion"], item["rejections"]) == ("open", "rejected", 1)
    assert (item["judged_by"], item["remark"]) == ("neighbourhood", "五楼仍有堆物。")
    assert not {"done_on", "closed_on"} & set(item)
    assert item["overdue_days"] == 20


LATE = date(2026, 9, 20)
HISTORIES = {  # what happened to an item due on 10 September; days it is late on the 20th, and was late
    "open": ((), 10, 10),
    "reported-in-time": ((reported(on=DUE),), 0, 0),
    "reported-late": ((reported(on=SEPTEMBER),), 5, 5),
    "sent-back": ((reported(on=DUE), rejected(on=SEPTEMBER)), 10, 10),
    "accepted": ((reported(on=SEPTEMBER), accepted(on=SEPTEMBER)), 0, 5),
}


@pytest.mark.parametrize(("happened", "days", "were"), HISTORIES.values(), ids=HISTORIES)
def test_pages_lists_and_the_published_table_agree_on_what_is_overdue(
    books: Books, happened: tuple[Fact, ...], days: int, were: int
) -> None:
    books.tell(opened(), *happened)
    found, views = composed(books, "T13", period=(date(2026, 7, 1), LATE)), books.shown()
    (on_the_list,) = rectifications.page(views, WUTONGLI)
    (on_the_page,) = exceptions.page(views, WUTONGLI)
    said = {
        found.figures["overdue"],
        rectifications.counted(views, WUTONGLI, LATE).overdue,
        int(on_the_page.is_overdue(LATE)),
        auditing.whys(auditing.found(books, "findings-open", as_of=LATE)).count("overdue"),
    }
    assert said == {int(days > 0)}
    assert (on_the_list.overdue_days(LATE), row(found, "items")["overdue_days"]) == (days, were)


def test_a_quarter_lists_what_was_open_in_it_as_it_stood_on_its_last_day(books: Books) -> None:
    books.tell(
        opened(), opened("gate", on=date(2026, 4, 1)), accepted("gate", on=date(2026, 6, 30)),
        opened("lamp", on=OCTOBER, due_on=date(2026, 12, 1)), reported(on=SEPTEMBER), accepted(on=OCTOBER),
    )  # fmt: skip
    by_quarter = {}
    for quarter in (SPRING_QUARTER, THIRD_QUARTER, LAST_QUARTER):
        items = rows(composed(books, "T13", period=quarter), "items")
        by_quarter[quarter] = {name: item["progress"] for name, item in items.items()}
    assert by_quarter == {
        SPRING_QUARTER: {"stairs": "open", "gate": "accepted"},
        THIRD_QUARTER: {"stairs": "reported"},
        LAST_QUARTER: {"stairs": "accepted", "lamp": "open"},
    }


def test_a_period_with_nothing_to_put_right_is_empty(books: Books) -> None:
    books.tell(opened())
    found = composed(books, "T13", period=(date(2025, 1, 1), date(2025, 12, 31)))
    assert rows(found, "items") == {}
    assert found.figures == {"items": 0, "closed": 0, "not_closed": 0, "overdue": 0}


def test_what_is_recorded_later_is_not_in_a_statement_that_reads_less_far(books: Books) -> None:
    first = books.tell(opened())
    books.tell(opened("gate"))
    assert list(rows(composed(books, "T13", until=first), "items")) == ["stairs"]
