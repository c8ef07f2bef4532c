"""Somebody who opens pages and reads them: the words, the links, what the page asks of the browser."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

from flask.testing import FlaskClient

from api import create_app
from api.services import EXTENSION, Services
from api.settings import Settings
from ledger.actions.community import OpenLedger
from ledger.actions.role import GrantRole
from ledger.actors import Role
from ledger.asked import Asked
from ledger.commands import Command
from ledger.events import Source

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 1, 46, 18, tzinfo=UTC)
LEDGER = "wutongli"
ROLES: tuple[Role, ...] = ("secretary", "treasurer", "chair", "firm", "neighbourhood", "street")
INLINE = {"a", "b", "small", "span", "time", "i", "code"}
VOID = {"meta", "link", "input", "br", "rect", "path", "line"}


class Page(HTMLParser):
    """A page as it is read: `text` of its main part, `links`, `ids`, `elements` as (tag, attributes)."""

    def __init__(self, html: str, status: int) -> None:
        super().__init__()
        self.html, self.status = html, status
        self.links: list[str] = []
        self.ids: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self._words: list[str] = []
        self.feed(html)
        assert self._open == [], f"left open: {self._open}"

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self._open.append(tag)
        if tag not in INLINE:
            self._words.append(" ")
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag in ("a", "link") and "href" in attributes:
            self.links.append(attributes["href"])

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag
        if tag not in INLINE:
            self._words.append(" ")

    def handle_data(self, data):
        if "main" in self._open and "svg" not in self._open:
            self._words.append(data)

    @property
    def text(self) -> str:
        """What stands in the main part, with single spaces."""
        return " ".join("".join(self._words).split())

    def elements_of(self, *tags: str) -> list[dict[str, str | None]]:
        """The attributes of every element of these names."""
        return [attributes for tag, attributes in self.elements if tag in tags]


class Installation:
    """An application over its own store, with 梧桐里 open and one account for every role."""

    def __init__(self, database_url: str, *, cookies: bool = True) -> None:
        settings = Settings(
            database_url=database_url, secret_key="for tests only, and long enough for anybody"
        )
        self.app = create_app(settings)
        self.services: Services = self.app.extensions[EXTENSION]
        self.services.store.clock = lambda: NOW
        self.client: FlaskClient = self.app.test_client(use_cookies=cookies)

    def open_ledger(
        self, ledger: str = LEDGER, name: str = "梧桐里", kind: str = "community", parent: str | None = None
    ):
        """A ledger and its accounts, which are called after their roles."""
        self.services.vault.key("operator", create=True)
        source = Source(via="command-line")
        opening = OpenLedger(of=kind, title=name, parent=parent)
        self.services.ledger.record(Asked(ledger, opening, "operator", TODAY, source))
        for role in ROLES:
            grant = GrantRole(account=role, role=role, starts_on=date(2025, 1, 1))
            self.services.ledger.record(Asked(ledger, grant, "operator", TODAY, source))

    def record(self, account: str, command: Command, *, ledger: str = LEDGER) -> int:
        """Record a command; its number."""
        return self.services.ledger.record(Asked(ledger, command, account, TODAY)).events[0].number

    def read(self, address: str, **headers: str) -> Page:
        """Open a page as somebody does who reads Chinese, unless headers say otherwise."""
        self.services.follower.catch_up()
        sent = {"Accept-Language": "zh-CN"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        answer = self.client.get(address, headers=sent)
        return Page(answer.get_data(as_text=True), answer.status_code)

    def close(self) -> None:
        """Let go of the store."""
        self.services.close()
