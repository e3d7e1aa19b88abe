"""Take the picture of the web chat that the README shows: `python -m scripts.screenshot`.

A stack of its own, a real conversation with the offline brain, and the page as a browser shows it.
"""

import sys
from pathlib import Path
from threading import Thread

from playwright.sync_api import Page, sync_playwright

from console.chat.session import ChatSettings, chat_service
from console.ports import free_port, take
from console.web.server import WebChatServer
from console.where import DEFAULT_PORT, Where
from scripts.browser import find_browser, launch

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "web-chat.png"
_WIDTH, _HEIGHT = 1280, 800
_LISTENING_SECONDS = 20
_SETTLED_MS = 3_000


def main() -> int:
    """Take the picture and return the exit code."""
    path = find_browser()
    if path is None:
        print("There is no Chromium: install `chromium`.", file=sys.stderr)
        return 1
    where = Where(port=free_port(preferred=DEFAULT_PORT))
    with chat_service(ChatSettings(where), print) as service, sync_playwright() as playwright:
        server = WebChatServer(service, take(0, "another"))
        serving = Thread(target=server.run)
        serving.start()
        try:
            browser = launch(playwright, path)
            page = browser.new_page(
                viewport={"width": _WIDTH, "height": _HEIGHT},
                locale="es-MX",
                timezone_id="America/Mexico_City",
                color_scheme="light",
            )
            page.goto(server.address)
            service.watch.wait_until_listening(_LISTENING_SECONDS)
            converse(page)
            page.wait_for_timeout(_SETTLED_MS)
            PICTURE.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURE)
            browser.close()
        finally:
            server.stop()
            serving.join()
    print(f"{PICTURE.name}: {PICTURE.stat().st_size:,} bytes")
    return 0


def converse(page: Page) -> None:
    """Transfer 100 pesos, then buy a television until the bus says that it is paid."""
    for said in ("Transfiere 100 pesos a mi hermano", "sí"):
        _say(page, said)
    for said in ("Quiero una tele", "¿Cuál me conviene a meses?", "Cómprala"):
        _say(page, said)
    page.get_by_role("button", name="Confirmar").click()
    page.get_by_role("tab", name="Eventos").click()
    page.get_by_text("PURCHASE_CONFIRMED").wait_for()


def _say(page: Page, text: str) -> None:
    page.get_by_label("Tu mensaje").fill(text)
    page.keyboard.press("Enter")
    page.locator(".mine .words", has_text=text).last.wait_for()
    page.locator("#composer[data-busy=false]").wait_for()


if __name__ == "__main__":
    sys.exit(main())
