"""What is wrong is said, shown as text, and does not end the conversation."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from console.chat.stack import ChatStack, Where
from console.chat.watch import Watch
from console.local_stack import free_port
from tests.support.console_page import PageService, console_server
from tests.support.deployed import Deployed
from tests.support.fake_chat import FakeService
from tests.support.scripted_brain import ScriptedBrain
from tests.support.window import Window

Open = Callable[..., Window]
SCRIPT = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'


def test_a_refusal_of_the_bank_is_shown_with_its_reason(address: str, open_window: Open) -> None:
    window = open_window(address)
    window.say("call getBalance account_id=acc-juan-checking")
    call = window.page.locator(".call").first
    expect(call.locator(".chip-bad")).to_have_text("404")
    call.locator("summary").first.click()
    expect(call.locator(".reason")).to_contain_text("NOT_FOUND")


def test_a_call_that_the_schema_does_not_allow_is_shown_as_not_sent(
    address: str, open_window: Open
) -> None:
    window = open_window(address)
    window.say("call robBank how=quietly")
    call = window.page.locator(".call.rejected")
    expect(call).to_contain_text("no enviada")
    call.locator("summary").first.click()
    expect(call).to_contain_text("There is no operation `robBank`")


@pytest.mark.parametrize(
    ("said", "shown"),
    [("fail", "El modelo no contesta"), ("break", "Algo falló en la consola")],
)
def test_a_brain_that_fails_says_so_and_the_chat_goes_on(
    address: str, open_window: Open, said: str, shown: str
) -> None:
    window = open_window(address)
    window.say(said)
    expect(window.page.locator(".problem")).to_contain_text(shown)
    expect(window.page.locator("body")).not_to_contain_text("secret")
    window.say("say sigo")
    expect(window.theirs.last).to_have_text("sigo")


def test_what_is_too_long_or_unreadable_is_refused_in_words(
    address: str, open_window: Open
) -> None:
    window = open_window(address)
    window.page.fill("#message", "a" * 2001)
    window.page.keyboard.press("Enter")
    expect(window.page.locator(".problem")).to_contain_text("demasiado largo")
    window.page.fill("#message", "a" * 70_000)
    window.page.keyboard.press("Enter")
    expect(window.page.locator(".notice")).to_have_text("Ese mensaje es demasiado largo.")
    expect(window.page.locator("#message")).to_have_value("a" * 70_000)
    window.errors.clear()  # the browser reports the 413 itself
    window.page.fill("#message", "")
    window.say("say corto")
    expect(window.theirs.last).to_have_text("corto")


def test_markup_in_messages_names_and_aliases_is_text(
    address: str, open_window: Open, deployed: Deployed
) -> None:
    product = {"product_id": "prod-xss", "retailer_id": "retailer-casa-talavera"}
    details = {"name": SCRIPT, "description": SCRIPT, "category": "home", "currency": "MXN"}
    deployed.put("products", product | details | {"price": 5, "stock": 1, "benefits": []})
    window = open_window(address)
    window.say(f"say {SCRIPT}")
    expect(window.theirs.last).to_have_text(SCRIPT)
    window.say("call searchProducts search=onerror")
    window.say(
        "call createPurchase product_id=prod-xss retailer_id=retailer-casa-talavera "
        "account_id=acc-maria-checking unit_price=5"
    )
    expect(window.card).to_contain_text(SCRIPT)
    window.confirm("Cancelar")
    alias = "<b onclick=hit=1>x</b>"
    window.say(f'call addBeneficiary name="{alias}" alias="{alias}" account_id=acc-elena-savings')
    expect(window.card).to_contain_text(alias)
    window.confirm("Cancelar")
    window.page.locator(".call summary").first.click()
    for fold in window.page.locator(".call[open] .fold summary").all():
        fold.click()
    assert window.page.evaluate("window.hit") is None
    assert window.page.locator("#desk :is(img, script, b)").count() == 0


def test_markup_would_not_run_even_if_it_were_put_into_the_page(
    address: str, open_window: Open
) -> None:
    window = open_window(address)
    for attempt in (
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=hit=1>')",
        "document.body.innerHTML = '<img src=x onerror=hit=1>'",
        "document.createElement('img').setAttribute('onerror', 'hit=1')",
        "document.createElement('script').textContent = 'hit=1'",
    ):
        failure = window.page.evaluate(
            f"() => {{ try {{ {attempt}; return ''; }} catch (error) {{ return error.name; }} }}"
        )
        assert failure == "TypeError", attempt
    assert window.page.evaluate("window.hit") is None
    assert all("requires 'Trusted" in error for error in window.errors)
    window.errors.clear()


def test_without_the_token_the_page_says_what_to_open(address: str, open_window: Open) -> None:
    window = open_window(address.partition("#")[0], wait=False)
    expect(window.page.locator("#locked")).to_contain_text("Abre la dirección completa")
    expect(window.page.locator("#message")).not_to_be_visible()
    wrong = open_window(address[:-3], wait=False)
    expect(wrong.page.locator("#locked")).to_be_visible()
    wrong.errors.clear()  # the browser reports the 401 itself
    wrong.page.goto(address)  # the same page: only what follows the # is another
    expect(wrong.page.locator("#message")).to_be_visible()


def test_the_token_leaves_the_address_bar_and_the_history(address: str, open_window: Open) -> None:
    window = open_window(address)
    assert "token" not in window.page.url
    assert window.page.evaluate("document.cookie") == ""
    assert window.page.evaluate("Object.values(localStorage).join()") == ""
    window.page.reload()
    expect(window.page.locator("#message")).to_be_visible()


def test_a_lost_connection_is_said_and_taken_up_again(address: str, open_window: Open) -> None:
    window = open_window(address, wait=False)
    expect(window.page.locator("#message")).to_be_visible()
    window.page.route("**/api/**", lambda route: route.abort())
    window.page.evaluate(
        "document.dispatchEvent(new Event('x')); fetch('/api/x').catch(() => null)"
    )
    window.page.fill("#message", "say hola")
    window.page.keyboard.press("Enter")
    expect(window.page.locator(".notice")).to_contain_text("no salió")
    expect(window.page.locator("#message")).to_have_value("say hola")
    window.page.unroute("**/api/**")
    window.errors.clear()
    window.page.keyboard.press("Enter")
    expect(window.theirs.last).to_have_text("hola")


def test_a_console_that_stopped_is_said_and_one_with_another_key_asks_for_it(
    open_window: Open,
) -> None:
    service: Any = FakeService()
    with console_server(service) as server:
        window = open_window(server.address, wait=False)
        expect(window.page.locator("#message")).to_be_visible()
        port = server.port
    expect(window.page.locator("#banner")).to_contain_text("Se perdió la conexión")
    with console_server(service, port=port) as again:
        expect(window.page.locator("#locked")).to_be_visible()
        window.page.goto(again.address)
        expect(window.page.locator("#message")).to_be_visible()
        window.errors.clear()


def test_the_stack_dies_in_mid_conversation_and_another_is_started(open_window: Open) -> None:
    with ChatStack(Where(port=free_port()), lambda _: None) as stack, Watch(stack) as watch:
        service = PageService(stack, watch, ScriptedBrain, "local")
        with console_server(service) as server:
            window = open_window(server.address)
            window.say("call getBalance")
            expect(window.theirs.last).to_contain_text("answered 200")
            process = stack._own._process  # type: ignore[union-attr]
            assert process is not None
            process.kill()
            process.wait()
            window.start("call getBalance")
            expect(window.page.locator(".problem").last).to_be_visible(timeout=60_000)
            window.wait_until_idle()
            window.say("call getBalance")
            expect(window.theirs.last).to_contain_text("answered 200")
            window.errors.clear()  # balances that could not be read in between
            expect(window.page.locator(".account").first).to_be_visible()
