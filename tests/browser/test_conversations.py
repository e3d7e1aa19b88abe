"""Whole conversations as on a fresh machine: the offline brain on the real stack."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from console.agent.offline import OfflineBrain
from console.agent.operations import read_operations
from console.deployment import Deployment
from scripts.screenshot import converse
from shared.clock import system_clock
from tests.browser.conftest import WATCH_SECONDS
from tests.browser.test_page import violations
from tests.support.deployed import Deployed
from tests.support.web_chat import page_service, web_chat_server
from tests.support.window import Window, pesos

Open = Callable[..., Window]


@pytest.fixture
def address(deployment: Deployment) -> Iterator[str]:
    operations = read_operations()
    with (
        page_service(deployment, lambda: OfflineBrain(operations, clock=system_clock)) as service,
        web_chat_server(service) as server,
    ):
        assert service.watch.wait_until_listening(WATCH_SECONDS)
        yield server.address


def test_a_transfer_to_a_brother(address: str, open_window: Open, deployed: Deployed) -> None:
    before = deployed.balances()["acc-maria-checking"]
    window = open_window(address)
    window.page.get_by_role("button", name="Transfiere 100 pesos a mi hermano").click()
    expect(window.card).to_contain_text("Juan L*** G***")
    expect(window.card).to_contain_text("$100.00 MXN")
    window.confirm()
    window.say("¿cuánto me queda?")
    expect(window.theirs.last).to_contain_text(pesos(before - 100))
    window.expect_balance("acc-maria-checking", before - 100)
    assert deployed.balances()["acc-maria-checking"] == before - 100


def test_the_conversation_of_the_picture_in_the_readme_buys_a_television_in_instalments(
    address: str, open_window: Open, deployed: Deployed
) -> None:
    before = deployed.balances()["acc-maria-credit"]
    window = open_window(address)
    converse(window.page)
    for shown in ("Televisor HD de 32 pulgadas", "$316.58"):
        expect(window.theirs.filter(has_text=shown)).not_to_have_count(0)
    expect(window.card).to_contain_text("$3,799.00 MXN")
    window.expect_balance("acc-maria-credit", before - Decimal(3799))
    flow = window.tab("Eventos").locator(".flow:visible").first
    for event_type in ("PAYMENT_REQUEST", "PAYMENT_COMPLETED", "PURCHASE_CONFIRMED"):
        expect(flow).to_contain_text(event_type)
    changes = window.tab("Cambios")
    expect(changes.locator(".change.purchase:visible").first).to_contain_text("completada")
    expect(changes.locator(".change.stock:visible")).to_contain_text("prod-televisor-32")


def test_a_conversation_in_english(address: str, open_window: Open, deployed: Deployed) -> None:
    before = deployed.balances()["acc-juan-checking"]
    window = open_window(address, user="user-juan")
    window.page.get_by_role("button", name="English").click()
    window.page.get_by_role("button", name="How much do I have?").click()
    expect(window.theirs.last).to_contain_text(pesos(before))
    window.wait_until_idle()
    window.say("I want to send 20 pesos to mi hermana")
    expect(window.card).to_contain_text("Shall I make this transfer?")
    window.confirm("Confirm")
    window.expect_balance("acc-juan-checking", before - 20)


def test_the_persons_own_words_are_underlined_by_what_they_were_read_as(
    address: str, open_window: Open
) -> None:
    window = open_window(address, bypass_csp=True)
    said = "mándale 100 a mi hermano, blablá"
    window.say(said)
    expect(window.mine).to_have_text([said])
    expect(window.page.locator(".mine .words .read[data-as=unread]")).to_have_text("blablá")
    listed = window.page.locator(".mine .reading")
    expect(listed.locator("dl")).not_to_be_visible()
    listed.get_by_text("Cómo lo leí").click()
    expect(listed.locator("dt")).to_have_text(["mándale", "100", "a mi hermano", "blablá"])
    expect(listed.locator("dd").last).to_have_text("no lo leí")
    assert violations(window.page) == []
    window.page.reload()
    expect(window.page.locator(".mine .words .read[data-as=unread]")).to_have_text("blablá")
