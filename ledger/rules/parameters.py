"""The numbers and choices of rules, by rule and name: an unknown one is a mistake, not a wish.

The end of a name says what a number means: `_min`, `_max` include it, `_over`, `_below` do not; before that
stands its unit: `share`, `fen`, `days`, `months`, `count`. A community's own rules alone settle the TERMS.
"""

from collections.abc import Mapping
from typing import Any

from ledger.rules.semantics import Ratio

Value = int | str | Ratio | tuple[str, ...]
UPWARDS, DOWNWARDS = ("_min", "_over"), ("_max", "_below")  # towards which a limit grows stricter

SHARE, NUMBER, WORDS = "share", "number", "words"
Kind = str | tuple[str, ...]  # a tuple: one of these words

CLASSES = ("special", "ordinary")  # of a matter: by three quarters or by half of those taking part
HEADS = ("one-head", "one-head-each")
SIZES = ("odd", "any")
AREAS = ("floor-area", "exclusive-area")

PARAMETERS: Mapping[str, Mapping[str, Kind]] = {
    "VOTE-01": {"matters": WORDS},
    "VOTE-02": {"area_share_min": SHARE, "heads_share_min": SHARE},
    "VOTE-03": {"area_share_over": SHARE, "heads_share_over": SHARE},
    "VOTE-04": {"area_share_min": SHARE, "heads_share_min": SHARE},
    "VOTE-05": {"use_class": CLASSES, "raise_class": CLASSES},
    "VOTE-07": {"area_bases": WORDS},
    "VOTE-08": {"several_units": HEADS, "developer_units": HEADS},
    "VOTE-09": {"count_max": NUMBER},
    "VOTE-10": {"documents": WORDS},
    "VOTE-11": {"unreturned": ("not-participating", "with-the-majority")},
    "VOTE-12": {"count_max": NUMBER},
    "VOTE-13": {"days_min": NUMBER},
    "VOTE-14": {"notified": WORDS},
    "VOTE-15": {"share_min": SHARE},
    "VOTE-16": {"yearly_count_min": NUMBER},
    "VOTE-17": {"topics": WORDS, "large_fen_min": NUMBER},
    "VOTE-18": {"share_min": SHARE},
    "VOTE-19": {"participating_share_min": SHARE, "ordinary_share_over": SHARE, "special_share_min": SHARE},
    "VOTE-20": {"business_use": CLASSES},
    "VOTE-21": {"count_min": NUMBER},
    "VOTE-22": {
        "area_share_min": SHARE,
        "heads_share_min": SHARE,
        "area_share_over": SHARE,
        "heads_share_over": SHARE,
        "publication_months_max": NUMBER,
    },
    "VOTE-23": {"topics": WORDS},
    "VOTE-24": {"months_max": NUMBER},
    "VOTE-25": {
        "sold_share_min": SHARE,
        "years_min": NUMBER,
        "report_days_max": NUMBER,
        "group_days_max": NUMBER,
        "list_days_max": NUMBER,
        "notice_days_min": NUMBER,
        "meeting_days_max": NUMBER,
    },
    "VOTE-26": {"size": SIZES, "owners_share_min": SHARE},
    "VOTE-27": {"heads_share_min": SHARE, "agree_share_over": SHARE, "months_max": NUMBER},
    "VOTE-28": {"threshold_class": CLASSES, "later_threshold_class": CLASSES},
    "VOTE-29": {"threshold_class": CLASSES, "topics": WORDS},
    "COM-01": {
        "size": SIZES,
        "members_min": NUMBER,
        "small_members_min": NUMBER,
        "small_area_m2_max": NUMBER,
    },
    "COM-02": {"years_min": NUMBER, "years_max": NUMBER},
    "COM-03": {"grounds": WORDS},
    "COM-04": {"days_max": NUMBER},
    "COM-05": {"days_max": NUMBER},
    "COM-06": {
        "days_max": NUMBER,
        "completion_days_max": NUMBER,
        "change_days_max": NUMBER,
        "documents": WORDS,
    },
    "COM-07": {"months_max": NUMBER, "members_share_min": SHARE, "extra_days_max": NUMBER},
    "COM-08": {"present_share_over": SHARE},
    "COM-09": {"signed_share_over": SHARE, "posting_days_max": NUMBER, "base": ("elected", "in-office")},
    "COM-10": {"days_min": NUMBER},
    "COM-11": {"heads": WORDS},
    "COM-13": {"monthly_count_min": NUMBER},
    "COM-14": {"monthly_count_min": NUMBER},
    "COM-15": {"keepers_count_min": NUMBER},
    "COM-17": {"yearly_count_min": NUMBER},
    "COM-19": {"absences_share_min": SHARE},
    "COM-20": {"members_share_below": SHARE, "months_min": NUMBER},
    "COM-21": {"months_min": NUMBER, "group_days_max": NUMBER},
    "COM-22": {
        "handover_days_max": NUMBER,
        "filing_days_max": NUMBER,
        "return_days_max": NUMBER,
        "leaving_days_max": NUMBER,
    },
    "COM-23": {"fields": WORDS},
    "COM-24": {"documents": WORDS},
    "COM-26": {"systems": WORDS},
    "COM-27": {
        "party_share_min": SHARE,
        "formation_share_min": SHARE,
        "qualified_formation_share_min": SHARE,
        "operation_share_min": SHARE,
        "re_election_share_min": SHARE,
    },
    "COM-28": {
        "basic_share": SHARE,
        "party_share": SHARE,
        "cycle_months": NUMBER,
        "three_star_points_min": NUMBER,
        "four_star_points_min": NUMBER,
        "five_star_points_min": NUMBER,
    },
    "FUND-01": {"purposes": WORDS},
    "FUND-02": {"share_min": SHARE, "share_max": SHARE},
    "FUND-03": {
        "lift_developer_share": SHARE,
        "lift_buyer_share": SHARE,
        "developer_share": SHARE,
        "buyer_share": SHARE,
    },
    "FUND-05": {"funds": WORDS},
    "FUND-06": {"bank_days_max": NUMBER, "transfer_days_max": NUMBER},
    "FUND-09": {"authorities": WORDS},
    "FUND-10": {"fields": WORDS},
    "FUND-11": {"days_min": NUMBER},
    "FUND-12": {"parties": WORDS},
    "FUND-13": {"share_max": SHARE, "documents": WORDS},
    "FUND-14": {"share_max": SHARE},
    "FUND-16": {"documents": WORDS, "retention_documents": WORDS},
    "FUND-17": {"marks": WORDS},
    "FUND-18": {"signers_count_min": NUMBER, "documents": WORDS},
    "FUND-19": {"review": ("always", "from-amount"), "review_fen_min": NUMBER},
    "FUND-20": {"exclusions": WORDS},
    "FUND-21": {"base": AREAS},
    "FUND-24": {"months_max": NUMBER, "float_months_max": NUMBER},
    "FUND-25": {"income": WORDS},
    "FUND-26": {"forbidden": WORDS},
    "FUND-28": {"share_below": SHARE},
    "FUND-29": {"decide_days_max": NUMBER, "pay_days_max": NUMBER, "to_share": SHARE},
    "FUND-30": {"share_min": SHARE},
    "FUND-31": {"documents": WORDS},
    "FUND-32": {"yearly_count_min": NUMBER, "first_month": NUMBER, "second_month": NUMBER},
    "FUND-34": {"yearly_count_min": NUMBER},
    "FUND-35": {"yearly_count_min": NUMBER, "heads": WORDS},
    "FUND-36": {"documents": WORDS},
    "FUND-37": {"yearly_count_min": NUMBER, "owners_yearly_count_min": NUMBER},
    "FUND-38": {"yearly_count_min": NUMBER},
    "EMG-01": {"situations": WORDS, "proofs": WORDS},
    "EMG-03": {"days_max": NUMBER},
    "EMG-04": {"postings": WORDS, "payments_count_max": NUMBER},
    "EMG-06": {"applicants": WORDS},
    "AUD-01": {"posted_days_min": NUMBER, "funds": WORDS},
    "AUD-03": {
        "engagement_days_min": NUMBER,
        "material_days_max": NUMBER,
        "due_month": NUMBER,
        "due_day": NUMBER,
        "posting_days_max": NUMBER,
        "posted_days_min": NUMBER,
        "correction_days_max": NUMBER,
    },
    "AUD-04": {"scope": WORDS},
    "AUD-05": {"reports_count_min": NUMBER},
    "AUD-06": {"months_max": NUMBER},
    "AUD-07": {"uses": WORDS},
    "REV-02": {"costs": WORDS},
    "REV-03": {"heads": WORDS},
    "REV-04": {"accounts_count_max": NUMBER},
    "REV-05": {"months_max": NUMBER},
    "REV-06": {"day_of_month_max": NUMBER, "places": WORDS},
    "REV-08": {"fields": WORDS},
    "REV-09": {"scopes": WORDS},
    "REV-10": {"share_over": SHARE, "yearly_count_min": NUMBER, "to_fund_share": SHARE},
    "REV-11": {"uses": WORDS},
    "REV-13": {"fen_min": NUMBER},
    "REV-14": {"first_month": NUMBER},
    "REV-15": {"fields": WORDS},
    "REV-16": {"costs": WORDS},
    "REV-17": {"days_max": NUMBER},
    "REV-18": {"base": AREAS},
    "REV-20": {"fine_times_max": NUMBER},
    "FIRM-01": {"heads": WORDS},
    "FIRM-03": {"heads": WORDS},
    "FIRM-04": {"yearly_count_min": NUMBER},
    "FIRM-05": {"audit_months_min": NUMBER},
    "FIRM-06": {"months_min": NUMBER, "fields": WORDS},
    "FIRM-07": {"days_max": NUMBER},
    "FIRM-08": {"dismissal_days_min": NUMBER, "non_renewal_days_min": NUMBER, "open_ended_days_min": NUMBER},
    "FIRM-09": {"days_max": NUMBER},
    "FIRM-10": {"months_max": NUMBER, "posting_days_max": NUMBER},
    "FIRM-11": {"hours_max": NUMBER},
    "FIRM-12": {"forbidden": WORDS},
    "FIRM-13": {"fields": WORDS},
    "FIRM-14": {"count_max": NUMBER},
    "FIRM-15": {"yearly_count_min": NUMBER},
    "FIRM-17": {
        "street_share": SHARE,
        "residents_share": SHARE,
        "departments_share": SHARE,
        "neighbourhood_share": SHARE,
        "bonus_points_max": NUMBER,
        "a_points_min": NUMBER,
        "b_points_min": NUMBER,
        "c_points_min": NUMBER,
    },
    "FIRM-18": {
        "a_fen": NUMBER,
        "b_fen": NUMBER,
        "c_fen": NUMBER,
        "d_fen": NUMBER,
        "months": NUMBER,
        "area_max": NUMBER,
        "fee_fen_min": NUMBER,
        "lift_fee_fen_min": NUMBER,
        "a_renewal_share": SHARE,
        "b_renewal_share": SHARE,
        "c_renewal_share": SHARE,
    },
    "FIRM-19": {"events": WORDS, "warnings_count_min": NUMBER, "penalty_points_min": NUMBER},
    "OPS-01": {"arrival_minutes_max": NUMBER, "contact_minutes_max": NUMBER},
    "OPS-02": {"levels_count": NUMBER},
    "OPS-03": {"interval_days_max": NUMBER, "party_interval_months_max": NUMBER},
    "OPS-04": {"lists": WORDS},
    "OPS-05": {"meetings": WORDS},
    "OPS-06": {"yearly_count_min": NUMBER},
    "OPS-07": {"share_min": SHARE},
    "OPS-08": {"steps": WORDS},
    "OPS-09": {"days_max": NUMBER},
    "INFO-01": {"documents": WORDS},
}
TERMS: Mapping[str, tuple[str, ...]] = {
    "VOTE-11": ("unreturned",),
    "VOTE-08": ("several_units", "developer_units"),
    "VOTE-17": ("large_fen_min",),
    "VOTE-20": ("business_use",),
    "COM-09": ("base",),
    "FUND-19": ("review", "review_fen_min"),
    "REV-10": ("to_fund_share",),
}
OPTIONAL: Mapping[str, tuple[str, ...]] = {  # settled by a text that came later, or has expired since (S13)
    "COM-23": ("fields",),
    "FUND-32": ("first_month", "second_month"),
    "FIRM-05": ("audit_months_min",),
    "FIRM-10": ("posting_days_max",),
}


def read_value(rule: str, name: str, given: Any) -> Value:
    """A parameter as code reads it. Errors: `ValueError` saying what it should be; `KeyError` if unknown."""
    kind = PARAMETERS[rule][name]
    match kind:
        case "share":
            if isinstance(given, str):
                try:
                    return Ratio.of(given)
                except ValueError:
                    pass
            raise ValueError('must be a share such as "2/3"')
        case "number":
            if type(given) is int and given >= 0:
                return given
            raise ValueError("must be a whole number")
        case "words":
            if isinstance(given, list | tuple) and given and all(isinstance(word, str) for word in given):
                return tuple(given)
            raise ValueError("must be a list of words")
    if given in kind:
        return str(given)
    raise ValueError("must be one of " + ", ".join(kind))


def contradiction(values: Mapping[str, Value]) -> str:
    """What cannot be met at once: a least above the most of the same thing; empty if all can."""
    for name, least in values.items():
        if name.endswith("_min"):
            most = values.get(name.removesuffix("_min") + "_max")
            if most is not None and _is_above(least, most):
                return f"{name} is above its _max"
    return ""


def is_looser(name: str, own: Value, law: Value) -> bool:
    """Whether a community's own limit, or its own list of what is required, asks less than the law does."""
    if name.endswith(UPWARDS):
        return _is_above(law, own)
    if name.endswith(DOWNWARDS):
        return _is_above(own, law)
    if isinstance(own, tuple) and isinstance(law, tuple):
        return not set(own).issuperset(law)
    return own != law


def _is_above(one: Value, other: Value) -> bool:
    if isinstance(one, Ratio) and isinstance(other, Ratio):
        return one.is_above(other)
    return isinstance(one, int) and isinstance(other, int) and one > other
