"""GET …/debriefs: from schedule to feedback through the one door, the ledger's figures beside the firm's."""

import pytest

from tests.api.endpoints.installation import LEDGER, Installation, problem_of

PATH = f"/api/v1/ledgers/{LEDGER}/debriefs"
PERIOD = {"from": "2025-01-01", "to": "2025-12-31"}
RUBRIC = {
    "total_points": 100,
    "criteria": [
        {"item": "repairs", "title": "报修及时", "max_points": 60},
        {"item": "attitude", "title": "服务态度", "max_points": 40},
    ],
}
SHEET = {
    "debrief": "2025",
    "rubric": RUBRIC,
    "scores": [{"item": "repairs", "points": 50}, {"item": "attitude", "points": 38}],
    "raters": 58,
}


def recorded(here: Installation, action: str, body: dict, by: str = "secretary") -> int:
    answer = here.ask(action, body, by=by)
    assert answer.status_code == 201, answer.text
    return answer.json["events"][0]["number"]


def read(here: Installation, path: str = PATH) -> dict:
    here.catch_up()
    answer = here.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.fixture
def told(here: Installation) -> Installation:
    """A year of the firm: contract, schedule, report, meeting, score, feedback, one thing to put right."""
    contract = {"contract": "2024", "firm": "heng-an", "firm_name": "恒安物业", "from": "2024-01-01"}
    recorded(here, "sign-service-contract", {**contract, "fee_fen_per_m2_month": 185})
    scheduled = {"debrief": "2025", "contract": "2024", "period": PERIOD, "planned_on": "2025-12-12"}
    recorded(here, "schedule-debrief", scheduled)
    words = [{"chapter": "repairs", "text": "全年报修 1,126 件。"}]
    claims = [{"figure": "fee-fen", "value": 190}, {"figure": "notices-posted", "value": 0}]
    recorded(here, "submit-debrief", {"debrief": "2025", "words": words, "claims": claims}, by="firm")
    held = {"debrief": "2025", "firm": "heng-an", "period": PERIOD, "held_on": "2025-12-15", "attended": 63}
    recorded(here, "hold-debrief", held)
    recorded(here, "record-appraisal", SHEET)
    recorded(here, "feed-back-appraisal", {"debrief": "2025", "fed_back_on": "2026-01-05"})
    item = {"item": "lamps", "source": "述职评议", "problem": "大堂灯不亮", "responsible": "恒安物业"}
    recorded(
        here, "open-rectification", {**item, "due_on": "2026-03-01", "debrief": "2025", "measures": "换灯。"}
    )
    return here


def test_one_debrief_has_its_whole_course(told):
    answer = read(told, f"{PATH}/2025")
    debrief = answer["debrief"]
    assert (debrief["contract"], debrief["planned_on"], debrief["held_on"], debrief["fed_back_on"]) == (
        "2024",
        "2025-12-12",
        "2025-12-15",
        "2026-01-05",
    )
    assert (debrief["points"], debrief["total_points"], debrief["raters"]) == (88, 100, 58)
    (submission,) = debrief["submissions"]
    assert submission["words"] == [{"chapter": "repairs", "text": "全年报修 1,126 件。"}]
    assert answer["same_words"] == []


def test_every_figure_stands_beside_what_the_firm_says_of_it(told):
    figures = {one["figure"]: one for one in read(told, f"{PATH}/2025")["figures"]}
    fee = figures["fee-fen"]
    assert (fee["value"], [said["value"] for said in fee["said"]]) == (185, [190])
    assert figures["revenue-collected-fen"] == {"figure": "revenue-collected-fen", "value": 0, "said": []}


def test_a_year_asked_for_names_who_did_not_report_on_it(told):
    assert read(told)["without"] == []
    assert read(told, f"{PATH}?without=2025")["without"] == []
    (missing,) = read(told, f"{PATH}?without=2026")["without"]
    assert (missing["community"], missing["firm"], missing["contract"], missing["due_on"]) == (
        LEDGER,
        "heng-an",
        "2024",
        "2026-12-31",
    )


@pytest.mark.parametrize("year", ["1948", "2200", "last", "2025.0", ""])
def test_a_year_that_is_none_is_refused(here, year):
    problem_of(here.get(f"{PATH}?without={year}"), 400, "query.malformed")


def test_an_item_knows_the_debrief_it_came_from(told):
    (item,) = read(told, f"/api/v1/ledgers/{LEDGER}/rectifications")["rectifications"]
    assert (item["debrief"], item["measures"], item["stage"]) == ("2025", "换灯。", "open")


def test_a_score_sheet_of_130_points_under_a_percentage_is_refused_in_words(told):
    more = {"item": "openness", "title": "账目公开", "max_points": 30}
    rubric = {"total_points": 100, "criteria": [*RUBRIC["criteria"], more]}
    scores = [*SHEET["scores"], {"item": "openness", "points": 20}]
    body = {**SHEET, "rubric": rubric, "scores": scores, "reason": "漏了一项。"}
    answer = told.ask("correct-appraisal", body, by="secretary")
    problem = problem_of(answer, 409, "appraisal.rubric-does-not-add-up")
    assert "130" in problem["detail"]
    before = read(told, f"{PATH}/2025")["debrief"]
    assert before["points"] == 88
