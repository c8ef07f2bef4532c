"""The types a field of a command or an event may have: one place, from which the wire schema is derived."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

SAFE_INTEGER = 2**53 - 1  # RFC 8785 numbers are IEEE doubles
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2199, 12, 31)

# Control, bidirectional-override and line-separator characters hide or forge text; surrogates are not text.
UNSAFE_CHARACTERS = (
    "\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f"
    "\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\uffff\\ud800-\\udfff"
)
_SPACES = "\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u200c\\u200d\\u202f\\u205f\\u3000"
# at least one character to see; each part can match in one way only, so a hostile text is read once
TEXT_PATTERN = f"^[{_SPACES}]*[^{UNSAFE_CHARACTERS}{_SPACES}][^{UNSAFE_CHARACTERS}]*$"
ID_PATTERN = "^[a-z0-9-]{1,64}$"
AREA_PATTERN = r"^(0|[1-9][0-9]{0,8})\.[0-9]{2}$"
AREA_MAX_CENTI_M2 = 10**11 - 1  # the largest area that fits

Id = Annotated[str, Meta(pattern=ID_PATTERN, description="1 to 64 of a-z 0-9 -, chosen by the caller")]
Line = Annotated[
    str, Meta(pattern=TEXT_PATTERN, min_length=1, max_length=120, description="One short line of text")
]
Paragraph = Annotated[str, Meta(pattern=TEXT_PATTERN, min_length=1, max_length=2000, description="Text")]
AMOUNT_MAX_FEN = 10**13  # 100 thousand million yuan: no sum of such amounts ever leaves 64 bits
Fen = Annotated[int, Meta(ge=1, le=AMOUNT_MAX_FEN, description="Whole fen, above zero")]
FenOrZero = Annotated[int, Meta(ge=0, le=AMOUNT_MAX_FEN, description="Whole fen")]
SignedFen = Annotated[int, Meta(ge=-SAFE_INTEGER, le=SAFE_INTEGER, description="Whole fen, may be negative")]
Count = Annotated[int, Meta(ge=0, le=10_000_000, description="A number of people or things")]
Points = Annotated[int, Meta(ge=0, le=1000, description="Whole points of a score sheet")]
RecordNumber = Annotated[
    int, Meta(ge=0, le=SAFE_INTEGER, description="Number of an event in its ledger, from 0")
]
Whole = Annotated[int, Meta(ge=0, le=SAFE_INTEGER, description="A whole number")]
Area = Annotated[str, Meta(pattern=AREA_PATTERN, description="m² with two decimals, as text")]
Day = Annotated[date, Meta(description="YYYY-MM-DD, a date in Shanghai, 1949-10-01 to 2199-12-31")]
RuleId = Annotated[
    str, Meta(pattern="^[A-Z]{2,5}-[0-9]{2}$", description="Id of a rule of law, such as FUND-14")
]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256, hexadecimal")]

Tier = Literal["public", "owners", "audit"]  # who may see a file

Fund = Literal["maintenance", "public-revenue", "working"]  # FUND-05: three pots, never mixed
Method = Literal["transfer", "cash"]  # how money changed hands: of cash the bank knows nothing
Matter = Annotated[int, Meta(ge=1, le=9, description="Matter of Civil Code article 278, 1 to 9 (VOTE-01)")]
RevenueHead = Annotated[int, Meta(ge=1, le=7, description="Head of public revenue, 1 to 7 (REV-03)")]


class Part(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """A value inside a command or an event, made of named fields."""


class Scope(Part, frozen=True, kw_only=True):
    """Whose money or vote it is: the whole community, one building or one door number (FUND-04, VOTE-19)."""

    kind: Literal["whole", "building", "door"] = "whole"
    id: Id | None = None

    @property
    def name(self) -> str:
        """`whole`, `building-3`, `door-12`: the last part of an equity account."""
        return self.kind if self.id is None else f"{self.kind}-{self.id}"


class Authorisation(Part, frozen=True, kw_only=True):
    """Money a decision sets free: up to `amount_fen` of one fund, for one purpose (FUND-09).

    `item_max_fen`: of a standing authorisation, how much one payment may take at most.
    """

    fund: Fund
    amount_fen: Fen
    purpose: Line
    scope: Scope | None = None  # the whole community
    item_max_fen: Fen | None = None


class Basis(Part, frozen=True, kw_only=True):
    """What an action rests on: another record, a clause, a document."""

    kind: Id
    ref: Line


class Commitment(msgspec.Struct, frozen=True, gc=False):
    """A personal value withheld: only its salted digest stands in the event (verification.md, rule 4)."""

    digest: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{43}$")] = msgspec.field(name="_sd")


class Personal(Commitment, frozen=True):
    """A personal value on its way into an event; sealed into a `Commitment` before anything is stored."""

    subject: str = ""
    value: str = ""

    @classmethod
    def of(cls, subject: str, value: str | None = None) -> "Personal":
        """`subject`: the account or person; `value`: what is withheld, by default the subject itself."""
        return cls(digest="", subject=subject, value=subject if value is None else value)


def area_text(hundredths: int) -> str:
    """9120 -> '91.20', the other way round."""
    return f"{hundredths // 100}.{hundredths % 100:02}"


def centi_m2(area: str) -> int:
    """'91.20' -> 9120, in hundredths of a square metre."""
    whole, hundredths = area.split(".")
    return int(whole) * 100 + int(hundredths)
