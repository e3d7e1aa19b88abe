"""An error is told, is shown as text, and does not end the conversation."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from console.agent.events import AgentTrace, BusEvent, Text, TurnEnded, TurnEvent
from console.chat.stack import ChatStack
from console.chat.watch import Watch
from console.ports import free_port
from console.where import Where
from tests.support.commanded_brain import CommandedBrain
from tests.support.deployed import Deployed
from tests.support.fake_chat import ASKED, FakeService
from tests.support.web_chat import PageService, web_chat_server
from tests.support.window import Window

Open = Callable[..., Window]
WAIT_SECONDS = 20
ENVELOPE = {
    "version": "1.0",
    "event_type": "TRANSFER_FAILED",
    "correlation_id": "corr-1",
    "timestamp": "2026-11-25T10:00:00.000Z",
    "source": "core-banking",
    "user_id": "user-maria",
    "data": {"error": {"code": "INSUFFICIENT_FUNDS", "message": "No alcanza."}},
}
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
    [("fail", "El modelo no contesta"), ("break", "Algo falló en el chat")],
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
    expect(window.card).to_contain_text("script window.hit=1")  # the bank takes brackets away
    window.confirm("Cancelar")
    alias = "<b onclick=hit=1>x</b>"
    window.say(f'call addBeneficiary name="{alias}" alias="{alias}" account_id=acc-elena-savings')
    expect(window.page.locator(".confirmation")).to_have_count(1)  # the bank takes no such name
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


def test_a_message_that_could_not_be_sent_stands_there_still(
    address: str, open_window: Open
) -> None:
    window = open_window(address, wait=False)
    expect(window.page.locator("#message")).to_be_visible()
    window.page.route("**/api/**", lambda route: route.abort())
    window.page.fill("#message", "say hola")
    window.page.keyboard.press("Enter")
    expect(window.page.locator(".notice")).to_contain_text("no haya salido")
    expect(window.page.locator("#message")).to_have_value("say hola")
    window.page.unroute("**/api/**")
    window.errors.clear()
    window.page.keyboard.press("Enter")
    expect(window.theirs.last).to_have_text("hola")


def test_a_web_chat_that_was_away_for_a_while_is_taken_up_again(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.web.server.secrets.token_urlsafe", lambda _: "the same")
    service: Any = FakeService()
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False)
        window.say("hola")
        port = server.port
    expect(window.page.locator("#banner")).to_contain_text("Se perdió la conexión")
    with web_chat_server(service, port=port):
        expect(window.page.locator("#banner")).to_be_hidden()
        expect(window.page.locator(".notice")).to_contain_text("ya no existe")
        window.say("aquí otra vez")
        expect(window.theirs.last).to_have_text("aquí otra vez")
        service.watch.tell(BusEvent(ENVELOPE))
        expect(window.tab("Eventos")).to_contain_text("TRANSFER_FAILED")
        expect(window.tab("Eventos")).to_contain_text("INSUFFICIENT_FUNDS: No alcanza.")
        window.errors.clear()  # the browser reports each attempt itself


def test_the_connection_breaks_in_the_middle_of_an_answer(open_window: Open) -> None:
    service: Any = FakeService()
    asked = threading.Event()

    def answer(_text: str) -> Iterator[TurnEvent]:
        yield Text("a medias")
        asked.wait(WAIT_SECONDS)
        yield TurnEnded("answered")

    service.answer = answer
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False)
        window.start("hola")
        expect(window.theirs.last).to_have_text("a medias")
        server.stop()
        expect(window.page.locator(".notice")).to_contain_text("Se cortó la conexión")
        asked.set()
        window.errors.clear()


@pytest.mark.parametrize("what", ["messages", "decisions"])
def test_what_the_server_took_is_shown_though_its_answer_was_lost(
    open_window: Open, what: str
) -> None:
    service: Any = FakeService()
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False)
        window.say("hola")

        def lose(route: Route) -> None:
            route.fetch()
            route.abort()

        window.page.route(f"**/{what}", lose, times=1)
        window.page.fill("#message", "transfiere")
        window.page.press("#message", "Enter")
        window.card.get_by_role("button", name="Confirmar").click()
        expect(window.theirs.last).to_have_text("Listo.")
        expect(window.page.locator(".notice")).to_contain_text("El chat no contesta")
        expect(window.card).to_contain_text("Quedó hecho.")
        assert service.agents["user-maria"].decisions == ["CONFIRM"]
        window.errors.clear()  # the browser reports the lost answer itself


def test_a_second_tab_of_the_same_conversation_shows_what_the_first_did(open_window: Open) -> None:
    service: Any = FakeService()
    with web_chat_server(service) as server:
        first = open_window(server.address, wait=False)
        first.say("transfiere")
        kept = first.page.evaluate("JSON.stringify(sessionStorage)")
        second = open_window(server.address, wait=False)
        second.page.evaluate("kept => Object.assign(sessionStorage, JSON.parse(kept))", kept)
        second.page.reload()
        expect(second.card).to_contain_text("¿Lo hago?")
        first.confirm()

        second.confirm()

        expect(second.card).to_contain_text("Quedó hecho.")
        expect(second.theirs.last).to_have_text("Listo.")
        expect(second.page.locator(".problem")).to_contain_text("con esta respuesta no hice nada")
        assert service.agents["user-maria"].decisions == ["CONFIRM"]


def test_a_conversation_of_hundreds_of_turns_is_shown_up_to_its_end_and_bounded(
    open_window: Open,
) -> None:
    service: Any = FakeService()
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False)
        window.say("hola")
        [conversation] = server._web._conversations._conversations.values()
        for turn in range(1, 601):
            conversation.say(f"turno {turn}")
            assert conversation.wait_until_idle(WAIT_SECONDS)
        window.page.reload()
        expect(window.theirs.last).to_have_text("turno 600")
        expect(window.theirs.last).to_be_in_viewport()
        assert window.page.locator(".thread > *").count() <= 1_000
        assert window.page.locator(".calls > *").count() <= 300


def test_an_identifier_in_a_confirmation_is_not_broken_where_it_fits_a_line(
    open_window: Open,
) -> None:
    service: Any = FakeService()
    rows = (("Producto", "Televisor HD de 32 pulgadas (prod-televisor-32)"),)
    asked = replace(ASKED, rows=rows)
    service.answer = lambda _: iter([asked, TurnEnded("confirmation")])
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False, viewport={"width": 360, "height": 740})
        window.say("hola")
        expect(window.card.locator("td")).to_have_text(rows[0][1])
        lines = "e => e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight)"
        assert window.card.locator(".ref").evaluate(lines) < 1.5


def test_giving_up_what_may_have_been_done_is_not_shown_as_if_nothing_was(
    open_window: Open,
) -> None:
    service: Any = FakeService()
    service.answer = lambda _: iter([replace(ASKED, is_in_doubt=True), TurnEnded("failed")])
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False)
        window.say("hola")
        window.confirm("Cancelar")
        expect(window.card).to_contain_text("la vez anterior puede haberse hecho")
        expect(window.card).not_to_contain_text("no se hizo nada")


def test_the_steps_of_a_deployed_agent_are_shown(open_window: Open) -> None:
    service: Any = FakeService()
    trace = {"trace": {"orchestrationTrace": {"rationale": {"text": "<i>I should ask.</i>"}}}}
    service.answer = lambda _: iter([AgentTrace(trace), Text("Dime."), TurnEnded("asked")])
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False)
        window.say("hola")
        step = window.page.locator(".turn .fold")
        expect(step).to_contain_text("orchestrationTrace rationale")
        step.locator("summary").click()
        expect(step.locator("pre")).to_contain_text("<i>I should ask.</i>")


def test_a_web_chat_that_stopped_is_said_and_one_with_another_key_asks_for_it(
    open_window: Open,
) -> None:
    service: Any = FakeService()
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False)
        expect(window.page.locator("#message")).to_be_visible()
        port = server.port
    expect(window.page.locator("#banner")).to_contain_text("Se perdió la conexión")
    with web_chat_server(service, port=port) as again:
        expect(window.page.locator("#locked")).to_be_visible()
        window.page.goto(again.address)
        expect(window.page.locator("#message")).to_be_visible()
        window.errors.clear()


def test_the_stack_dies_in_mid_conversation_and_another_is_started(open_window: Open) -> None:
    with ChatStack(Where(port=free_port()), lambda _: None) as stack, Watch(stack) as watch:
        service = PageService(stack, watch, CommandedBrain, "local")
        with web_chat_server(service) as server:
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
