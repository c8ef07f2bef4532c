"""Paper against ledger: is this what a community published, is it the newest version, or is it not ours?

A paper is known by its bytes (of the PDF), by the digest or the code printed on it. Nothing inside a file is
believed: its SHA-256 was published, or it is what we print today of a published statement, or it is not ours.
A code alone proves little, since anybody can print it under other figures: then the fingerprint has to agree.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from api import words
from api.documents.cell_words import day_words
from api.documents.notice import notice_pdf
from api.documents.published import PublishedStatements, issued
from api.documents.statement_words import period_words
from api.languages import DEFAULT, LOCALES, has_words, phrase
from ledger.errors import Refused
from projections import disclosures, ledgers
from projections.alterations import Alteration
from projections.database import Views
from projections.disclosures import Published

PDF_BYTES_MAX = 50_000_000
PDF, PDF_END = b"%PDF-", b"%%EOF"
PDF_END_WITHIN = 1024  # bytes: where programs that read PDFs look for it
ADDRESS = re.compile(r".*/q/([^?#]*).*", re.DOTALL)
DIGEST_MIN, DIGEST_MAX = 16, 64  # hexadecimal digits: what is printed on the paper, a whole SHA-256
CODE = re.compile("[0-9a-hjkmnp-tv-z]{8}")
ALIKE = str.maketrans("oil", "011")  # Crockford's base 32 reads what people mistake for each other as one
CODE_INSIDE = re.compile(rb"<pdf:Keywords>([0-9A-HJKMNP-TV-Z]{8})</pdf:Keywords>")

State = Literal["newest", "older", "altered", "unknown"]
KnownBy = Literal["code", "whole"]


class Verdict(NamedTuple):
    """`published`: the version the paper is, none if it is not ours; `newest`: the one to believe now.

    `known_by`: its code alone, or what no other paper has, its fingerprint or its bytes. `is_altered`: a file
    that carries the code of that version, and is not what was published. `since`: what later records changed
    in the newest version.
    """

    published: Published | None = None
    newest: Published | None = None
    community: str = ""
    known_by: KnownBy = "code"
    is_altered: bool = False
    since: Alteration | None = None

    @property
    def state(self) -> State:
        """What the paper is."""
        if self.published is None or self.newest is None:
            return "unknown"
        if self.is_altered:
            return "altered"
        return "newest" if self.published.version == self.newest.version else "older"


class Said(NamedTuple):
    """What the paper is; what of it agrees with the ledger; what changed since; what to do. Or empty."""

    what: str
    agrees: str = ""
    since: str = ""
    next: str = ""


def plain(typed: str) -> str:
    """What somebody typed, less what does not matter: full-width forms, spaces, hyphens, stops, capitals.

    Of an address, as the QR code holds it, the code in it.
    """
    text = unicodedata.normalize("NFKC", typed)
    address = ADDRESS.fullmatch(text)
    return "".join(sign for sign in (address[1] if address else text) if sign.isalnum()).lower()


def of_text(views: Views, statements: PublishedStatements, text: str) -> Verdict:
    """The verdict on a code or a digest as somebody types it. Errors: `Refused` for what is neither."""
    typed = plain(text)
    if DIGEST_MIN <= len(typed) <= DIGEST_MAX and re.fullmatch("[0-9a-f]+", typed):
        return _verdict(views, statements, next(iter(disclosures.by_digest(views, typed)), None), "whole")
    if not CODE.fullmatch(typed.translate(ALIKE)):
        raise Refused("notice.neither-code-nor-digest", text=text[:40], digest_min=str(DIGEST_MIN))
    return _verdict(views, statements, disclosures.by_code(views, typed.translate(ALIKE)), "code")


def of_file(views: Views, statements: PublishedStatements, path: Path) -> Verdict:
    """The verdict on a PDF. Errors: `Refused` for one too large, not whole, no PDF, or unreadable."""
    content = _content(path)
    verdict = of_text(views, statements, hashlib.sha256(content).hexdigest())
    inside = CODE_INSIDE.search(content)
    if verdict.published is not None or inside is None:
        return verdict
    named = of_text(views, statements, inside[1].decode())
    is_ours = named.published is not None and content in _in_other_languages(
        views, statements, named.published
    )
    return named._replace(known_by="whole", is_altered=not is_ours)


def _in_other_languages(
    views: Views, statements: PublishedStatements, published: Published
) -> Iterator[bytes]:
    """What was published is the paper in one language; the others are printed when somebody asks for them."""
    row = disclosures.one(views, published.ledger, published.disclosure)
    version = row.version(published.version) if row else None
    if row is not None and version is not None:
        statement = statements.statement(published.ledger, row, version)
        for language in LOCALES:
            if language != DEFAULT:
                yield notice_pdf(statement, issued(row, version), language)


def _content(path: Path) -> bytes:
    name = path.name or str(path)
    try:
        size = path.stat().st_size
        if size > PDF_BYTES_MAX:
            raise Refused("notice.too-large", file=name, megabytes_max=str(PDF_BYTES_MAX // 1_000_000))
        content = path.read_bytes()
    except OSError as error:
        raise Refused("notice.unreadable", file=name, reason=str(error.strerror)) from error
    if not content.startswith(PDF):
        raise Refused("notice.not-a-pdf", file=name)
    if PDF_END not in content[-PDF_END_WITHIN:]:
        raise Refused("notice.incomplete", file=name)
    return content


def said(verdict: Verdict, language: str) -> Said:
    """The verdict in plain words."""
    if verdict.published is None or verdict.newest is None:
        return Said(phrase(language, "paper.unknown"), next=phrase(language, "paper.unknown.next"))
    named = {
        "community": verdict.community,
        "statement": statement_named(verdict.published, language),
        "version": str(verdict.published.version),
        "day": day_words(verdict.published.published_on, language),
        "newest": str(verdict.newest.version),
        "newest_day": day_words(verdict.newest.published_on, language),
        "url": verdict.newest.url,
        "fingerprint": words.fingerprint(verdict.published.statement_sha256),
        "count": str(len(verdict.since.changes)) if verdict.since else "0",
    }
    since = "" if verdict.since is None else "figures" if verdict.since.changes else "cautions"
    further = "since" if since and verdict.state == "newest" else verdict.state
    return Said(
        phrase(language, f"paper.{verdict.state}", named),
        "" if verdict.is_altered else phrase(language, f"paper.known-by.{verdict.known_by}", named),
        phrase(language, f"paper.since.{since}", named) if since else "",
        phrase(language, f"paper.{further}.next", named),
    )


def statement_named(published: Published, language: str) -> str:
    """What a published statement is called: its period and its table."""
    key = f"statement.{published.table}"
    table = phrase(language, key) if has_words(language, key) else published.table
    period = period_words(published.starts_on, published.ends_on, language)
    return phrase(language, "paper.named", {"period": period, "title": table})


def _verdict(
    views: Views, statements: PublishedStatements, published: Published | None, known_by: KnownBy
) -> Verdict:
    if published is None:
        return Verdict()
    ledger, disclosure = published.ledger, published.disclosure
    row, book = disclosures.one(views, ledger, disclosure), ledgers.one(views, ledger)
    return Verdict(
        published,
        disclosures.latest(views, ledger, disclosure),
        book.name if book else ledger,
        known_by,
        since=statements.alterations(ledger, [row]).get(disclosure) if row else None,
    )
