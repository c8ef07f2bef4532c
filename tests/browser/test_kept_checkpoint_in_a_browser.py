"""The browser keeps the last checkpoint it saw, computes for itself, and raises a plain alarm."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route
from werkzeug.serving import make_server

from ledger.envelope import leaf_hash
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.merkle import consistency_proof, range_root, root_of
from ledger.transparency.note import encoded
from tests.api.pages.books import fund_opened
from tests.api.pages.resident import TODAY, Installation
from tests.api.signing import ORIGIN, sign
from tests.browser.conftest import Quiet

pytestmark = pytest.mark.browser

KEPT = "mingzhang /t/wutongli"
HEIGHT = 844


class Office:
    """梧桐里 at one address; whoever runs it can put another store behind that address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stores: list[Installation] = []
        self.open_another()
        server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet)
        self.server, self.address = server, f"http://127.0.0.1:{server.server_port}"
        self.thread = threading.Thread(target=server.serve_forever)
        self.thread.start()

    def _answer(self, environ: Any, start: Any) -> Iterable[bytes]:
        return self.stores[-1].app.wsgi_app(environ, start)

    def open_another(self) -> None:
        """Another store takes the place of the one there was; the key stays."""
        own = self.folder / f"store-{len(self.stores)}"
        own.mkdir()
        if self.stores:
            own.joinpath("log.key").write_bytes(self._own().joinpath("log.key").read_bytes())
            own.joinpath("log.key").chmod(0o600)
        here = Installation(f"sqlite:///{own / 'books'}")
        here.open_ledger()
        self.stores.append(here)
        self.sign()

    def _own(self) -> Path:
        return self.folder / f"store-{len(self.stores) - 1}"

    def sign(self) -> None:
        sign(self.stores[-1].services, self._own())

    def record(self, *funds: str) -> None:
        """Open these funds, and sign that."""
        for fund in funds:
            fund_opened(self.stores[-1], fund, 900_00, TODAY)
        self.sign()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        for one in self.stores:
            one.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": HEIGHT}, locale="zh-CN")
    yield context
    context.close()


def visit(phone: BrowserContext, office: Office, path: str = "/c/wutongli/verify") -> Page:
    """A page, once the script has had its say."""
    page = phone.new_page()
    with page.expect_response(lambda answer: "/consistency?" in answer.url):
        page.goto(office.address + path)
    page.wait_for_load_state("networkidle")
    return page


def said(page: Page) -> str | None:
    """What 查证 says of this browser."""
    return page.locator("[data-kept]:not([hidden])").get_attribute("data-kept")


def test_a_ledger_that_grows_raises_no_alarm(office, phone):
    first = visit(phone, office)
    assert said(first) == "first"
    for funds in ((), ("working",), ("maintenance", "public-revenue")):
        office.record(*funds)
        page = visit(phone, office)
        assert said(page) == "same"
        assert page.locator(".alarm").count() == 0
        for path in ("/c/wutongli", "/c/wutongli/events/1"):
            assert visit(phone, office, path).locator(".alarm").count() == 0


def test_another_history_behind_the_same_address_raises_the_alarm_on_every_page_until_the_evidence_is_safe(
    office, phone
):
    office.record("working")
    visit(phone, office)
    kept = visit(phone, office).evaluate(f"JSON.parse(localStorage.getItem('{KEPT}')).note")
    office.open_another()
    office.record("maintenance", "public-revenue")
    for path in ("/c/wutongli", "/c/wutongli/entries", "/c/wutongli/verify"):
        page = visit(phone, office, path)
        alarm = page.get_by_role("alert")
        assert "警报：这本账和您上次看到的对不上" in alarm.inner_text()
        assert alarm.bounding_box()["y"] < HEIGHT / 3
        assert page.locator(".alarm h2").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > 24
    assert said(page) == "changed"
    page.locator(".alarm summary").click()
    assert page.locator(".alarm pre").first.inner_text().strip() == kept.strip()
    page.get_by_role("link", name="拿存下的检查点去查证").click()
    assert page.url == f"{office.address}/c/wutongli/verify?checkpoint={quote(kept, safe='')}"
    assert "警报：账和您手里的检查点对不上" in page.locator("#main").inner_text()
    page.get_by_role("button", name="证据已经留好，重新开始记").click()
    assert page.locator("main > .alarm[aria-labelledby=alarm]").count() == 0
    assert said(visit(phone, office)) == "first"
    assert said(visit(phone, office)) == "same"


def test_a_ledger_with_fewer_records_than_before_raises_the_alarm(office, phone):
    office.record("working", "maintenance")
    visit(phone, office)
    office.open_another()
    assert visit(phone, office).get_by_role("alert").is_visible()


def test_a_checkpoint_that_is_not_shown_any_more_raises_the_alarm(office, phone):
    visit(phone, office)
    (office.folder / "store-0" / "wutongli" / "checkpoint").unlink()
    assert visit(phone, office).get_by_role("alert").is_visible()


def test_the_alarm_can_be_read_and_hit_by_everybody(office, browser):
    for width in (320, 1280):
        for size, least in (("standard", 44), ("large", 60)):
            context = browser.new_context(viewport={"width": width, "height": HEIGHT}, locale="zh-CN")
            context.add_cookies([{"name": "size", "value": size, "url": office.address}])
            forged = json.dumps({"note": Checkpoint(ORIGIN, 3, bytes(32)).text, "at": "2026-11-01T00:00:00Z"})
            context.add_init_script(f"localStorage.setItem('{KEPT}', {json.dumps(forged)})")
            page = visit(context, office)
            assert (
                "2026年11月1日，这个浏览器存下了这本账的检查点：3 条记录。"
                in page.get_by_role("alert").inner_text()
            )
            assert page.evaluate("document.documentElement.scrollWidth") == width
            boxes = [one.bounding_box() for one in page.locator(".alarm :is(a, button, summary)").all()]
            assert min(round(box["height"]) for box in boxes) >= least
            assert Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"] == []
            context.close()


# -- what is none of the ledger's fault is no alarm ------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } })",
        "Storage.prototype.setItem = () => { throw new Error('full'); }",
        "Object.defineProperty(window.crypto, 'subtle', { value: undefined })",
    ],
    ids=["storage blocked", "storage full", "not https"],
)
def test_a_browser_that_cannot_keep_anything_is_silent_and_says_that_nothing_was_checked(
    office, phone, script
):
    complaints = []
    phone.add_init_script(script)
    page = phone.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for _ in range(2):
        page.goto(f"{office.address}/c/wutongli/verify")
        page.wait_for_load_state("networkidle")
        assert said(page) == "nothing"
        assert page.locator(".alarm").count() == 0
    assert complaints == []


@pytest.mark.parametrize("kept", ["nonsense", "null", "{}", '{"note": "x\\n-1\\ny\\n"}', "[1]"])
def test_what_is_kept_under_the_name_but_is_no_checkpoint_is_replaced(office, phone, kept):
    page = visit(phone, office)
    page.evaluate("([name, kept]) => localStorage.setItem(name, kept)", [KEPT, kept])
    assert said(visit(phone, office)) == "first"
    assert said(visit(phone, office)) == "same"


def test_a_network_or_a_server_that_fails_is_no_alarm(office, phone):
    visit(phone, office)
    answers: list[Callable[[Route], None]] = [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=503, body="{}"),
        lambda route: route.fulfill(status=200, body="<html>please log in</html>"),
    ]
    for answer in answers:
        page = phone.new_page()
        page.route("**/consistency?*", answer)
        page.goto(f"{office.address}/c/wutongli/verify")
        page.wait_for_load_state("networkidle")
        assert said(page) == "nothing"
        assert page.locator(".alarm").count() == 0


def test_without_scripts_the_page_says_that_the_browser_checked_nothing(office, browser):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{office.address}/c/wutongli/verify")
    assert said(page) == "nothing"
    assert "这次没有核对" in page.locator("[data-kept]:not([hidden])").inner_text()
    context.close()


# -- the proof is checked, not believed ------------------------------------------------------------------

SIZES = (
    (1, 2),
    (1, 7),
    (2, 3),
    (3, 4),
    (3, 7),
    (4, 7),
    (5, 8),
    (6, 7),
    (7, 8),
    (8, 21),
    (12, 21),
    (16, 21),
    (20, 21),
)
LEAVES = [leaf_hash(str(number).encode()) for number in range(21)]


def whole(level: int, index: int) -> bytes:
    return root_of(LEAVES[index << level : (index + 1) << level])


@pytest.fixture
def judge(office: Office, phone: BrowserContext) -> Callable[..., str | None]:
    """What the browser says to a checkpoint it kept, one it is told, and a proof."""
    page = visit(phone, office)
    told: dict[str, Any] = {}
    page.route("**/consistency?*", lambda route: route.fulfill(json=told))

    def judged(old: Checkpoint, now: Checkpoint, proof: Iterable[bytes]) -> str | None:
        told.update(checkpoint=now.text, hashes=[encoded(one) for one in proof])
        kept = json.dumps({"note": old.text, "at": "2026-11-01T00:00:00Z"})
        page.evaluate("([name, kept]) => localStorage.setItem(name, kept)", [KEPT, kept])
        page.reload()
        page.wait_for_selector("[data-kept=nothing]", state="hidden")
        return said(page)

    return judged


def test_every_true_proof_is_accepted_and_every_altered_one_is_not(judge):
    for old, size in SIZES:
        then, now = (Checkpoint(ORIGIN, one, range_root(0, one, whole)) for one in (old, size))
        proof = consistency_proof(old, size, whole)
        assert judge(then, now, proof) == "same", (old, size)
        wrong = [[*proof[:at], bytes(32), *proof[at + 1 :]] for at in range(len(proof))]
        wrong += [proof[:-1], [*proof, bytes(32)], []]
        for one in wrong[:: max(1, len(wrong) // 3)]:
            assert judge(then, now, one) == "changed", (old, size)
        assert judge(then._replace(root=bytes(32)), now, proof) == "changed"
        assert judge(then, now._replace(root=bytes(32)), proof) == "changed"


def test_the_same_size_needs_the_same_root_a_smaller_one_or_another_log_is_never_right(judge):
    now = Checkpoint(ORIGIN, 12, root_of(LEAVES[:12]))
    assert judge(now, now, []) == "same"
    assert judge(now._replace(root=bytes(32)), now, []) == "changed"
    assert judge(now, now, [bytes(32)]) == "changed"
    assert judge(now._replace(size=13), now, []) == "changed"
    assert judge(now._replace(origin="elsewhere.example/t/x"), now, []) == "changed"
