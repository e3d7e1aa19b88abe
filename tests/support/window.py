"""A browser window of the web chat, used by a test."""

import re
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

TIMEOUT_MS: Final = 20_000
expect.set_options(timeout=TIMEOUT_MS)


def pesos(amount: Decimal) -> str:
    return f"-${-amount:,.2f}" if amount < 0 else f"${amount:,.2f}"


class Window:
    """A page that shows the web chat."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)
        page.on("request", self._asked)
        page.on("dialog", self._dialog)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _asked(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).netloc)

    def _dialog(self, dialog: object) -> None:
        self.errors.append(f"dialog {dialog}")

    def go(self, address: str, user: str = "", *, wait: bool = True) -> None:
        self.page.goto(f"{address}&user={user}" if user else address)
        if wait:
            expect(self.page.locator(".account").first).to_be_visible()

    def say(self, text: str) -> None:
        """Write something, send it, and wait until the turn has ended."""
        self.start(text)
        self.wait_until_idle()

    def start(self, text: str) -> None:
        """Write something and send it."""
        self.page.fill("#message", text)
        self.page.press("#message", "Enter")
        expect(self.mine.last).to_contain_text(text)

    def wait_until_idle(self) -> None:
        expect(self.page.locator("#composer")).to_have_attribute("data-busy", "false")

    def confirm(self, name: str = "Confirmar") -> None:
        self.card.get_by_role("button", name=name).click()
        self.wait_until_idle()

    def hold(self) -> None:
        """Press the button of a card until it has acted."""
        card = self.page.locator(".confirmation").nth(
            self.page.locator(".confirmation").count() - 1
        )
        card.get_by_role("button", name="Mantén presionado").hover()
        self.page.mouse.down()
        expect(card).to_have_attribute("data-state", re.compile("."))
        self.page.mouse.up()
        self.wait_until_idle()

    def tab(self, name: str) -> Locator:
        """Choose a tab and return its panel."""
        self.page.get_by_role("tab", name=name).click()
        return self.page.get_by_role("tabpanel", name=name)

    def expect_balance(self, account: str, amount: Decimal) -> None:
        shown = self.page.locator(f"[data-account={account}] .amount")
        expect(shown).to_have_text(pesos(amount))

    @property
    def mine(self) -> Locator:
        return self.page.locator(".mine .words")

    @property
    def theirs(self) -> Locator:
        return self.page.locator(".theirs .words")

    @property
    def card(self) -> Locator:
        return self.page.locator(".confirmation").last

    @property
    def focused(self) -> Locator:
        return self.page.locator(":focus")

    def cut_off(self) -> list[str]:
        """Return what would have to be scrolled sideways to be seen; and the page, if it scrolls.

        What is longer than its place scrolls there: the page is as high as its body.
        """
        found: list[str] = self.page.evaluate(
            """() => [document.scrollingElement, ...document.querySelectorAll("*")].filter(
                (e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 &&
                    !["hidden", "clip"].includes(getComputedStyle(e).overflowX) &&
                    getComputedStyle(e).display !== "inline")
                .map((e) => `${e.tagName} ${e.className} ${e.id}`)
                .concat(document.scrollingElement.scrollHeight >
                    Math.max(innerHeight, document.body.offsetHeight) + 1 ? ["page"] : [])"""
        )
        return found
