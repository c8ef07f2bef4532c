"""The check of the words can fail: it sees codes without words, and words that name what is not given."""

import ast
import re

from tests.contract import translations


def raised(source):
    return [
        (code, details)
        for node in ast.walk(ast.parse(source))
        for code, details in translations._raised_by(node)
    ]


def test_every_way_to_raise_a_code_is_seen():
    assert raised('raise Refused("a.one", rules=("FUND-09",), remaining_fen=1)') == [
        ("a.one", {"remaining_fen"})
    ]
    assert raised('raise Refused("a.one" if x else "a.two")') == [("a.one", set()), ("a.two", set())]
    assert raised('raise Malformed(("/x", "a.one", {"first": 1}))') == [("a.one", {"first"})]
    assert raised('class Odd(LedgerError):\n    code = "a.one"') == [("a.one", None)]
    assert raised('raise errors.StoreMisused("a.one", **details)') == [("a.one", None)]
    assert raised('_fault("a.one", most=3)') == [("a.one", {"most"})]
    assert raised('print("a.one")') == []


def test_every_code_kind_action_and_field_of_the_source_is_wanted():
    keys = translations.wanted()
    assert {
        "refusal.fund-payment.exceeds-authorisation",
        "refusal.json.not-utf-8",
        "refusal.store.busy",
        "refusal.token.expired",
        "action.open-fund",
        "event.fund.opened",
        "field.amount_fen",
        "field.max_points",
        "role.treasurer",
        "fund.working",
        "column.fee-adjustment",
        "problem.409",
        "stage.retention",
        "work-list.due-date.slip",
        "cli.demo.ready",
    } <= set(keys)
    assert len(keys) > 400


def test_words_that_are_missing_or_name_what_is_not_given_are_found(monkeypatch):
    wanted = {"refusal.no-such.code": frozenset(), "refusal.fund.insufficient": frozenset({"fund"})}
    monkeypatch.setattr(translations, "wanted", lambda: wanted)
    found = [line for line in translations.faults() if line.startswith("en:")]
    assert found == [
        "en: refusal.fund.insufficient names amount_fen, available_fen, which is not given with it",
        "en: no words for refusal.no-such.code",
    ]


def test_every_refusal_says_what_happened_and_what_to_do_next():
    chinese, english = (
        translations._read(translations.TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po")
        for locale in ("zh_Hans_CN", "en")
    )
    refusals = [key for key in translations.wanted() if key.startswith("refusal.")]
    for key in refusals:
        assert str(chinese[key].string).count("。") >= 2, key
        assert re.search(r"[.:;] ", str(english[key].string)), key
        assert str(english[key].string).endswith("."), key
