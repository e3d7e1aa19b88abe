"""Money moves once, after the yes, and everybody whom it concerns sees it."""

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import expect

from tests.support.deployed import Deployed
from tests.support.window import Window, pesos

Open = Callable[..., Window]
MARIA, JUAN = "acc-maria-checking", "acc-juan-checking"


def transfer(amount: str) -> str:
    return f"transfiere {amount}"


def test_a_confirmed_transfer_is_seen_as_call_event_and_change(
    address: str, open_window: Open, deployed: Deployed
) -> None:
    before = deployed.balances()
    window = open_window(address)
    window.expect_balance(MARIA, before[MARIA])
    window.say(transfer("100"))
    expect(window.card).to_contain_text("¿Hago esta transferencia?")
    expect(window.card).to_contain_text("$100.00 MXN")
    assert deployed.balances()[MARIA] == before[MARIA]
    window.confirm()
    expect(window.card).to_contain_text("Lo que confirmaste sí quedó hecho.")
    expect(window.theirs.last).to_contain_text("createTransfer: answered 200")
    window.expect_balance(MARIA, before[MARIA] - 100)

    calls = window.tab("Llamadas")
    call = calls.locator(".call").first
    expect(call).to_contain_text("createTransfer")
    expect(call).to_contain_text("200")
    call.locator("summary").first.click()
    call.get_by_text("Petición exacta").click()
    expect(call.locator(".json").first).to_contain_text('"actionGroup": "core_banking"')

    events = window.tab("Eventos")
    flow = events.locator(".flow:visible").first
    expect(flow).to_contain_text("TRANSFER_COMPLETED")
    flow.get_by_text("Sobre completo").first.click()
    expect(flow.locator(".json").first).to_contain_text('"user_id": "user-maria"')

    change = window.tab("Cambios").locator(".change:visible").first
    expect(change.locator(".before")).to_have_text(pesos(before[MARIA]))
    expect(change.locator(".after")).to_have_text(pesos(before[MARIA] - 100))
    expect(change.locator(".delta")).to_have_text("-$100.00")
    assert deployed.balances()[JUAN] == before[JUAN] + 100


def test_the_card_shows_what_the_bank_knows(address: str, open_window: Open) -> None:
    window = open_window(address)
    window.say(transfer("100"))
    expect(window.card.locator(".headline")).to_have_text("$100.00 MXN")
    expect(window.card.get_by_role("row", name="A nombre de")).to_contain_text("Juan L*** G***")
    expect(window.card.get_by_role("row", name="hoy")).to_contain_text("MXN")
    window.confirm("Cancelar")
    window.say(
        "call createPurchase product_id=prod-televisor-32 account_id=acc-maria-credit "
        "unit_price=3799 benefit=MSI-12"
    )
    expect(window.card.locator(".headline")).to_have_text("$3,799.00 MXN")
    for label, value in (
        ("Mensualidades", "12"),
        ("Cada mensualidad", "$316.58 MXN"),
        ("Última mensualidad", "$316.62 MXN"),
    ):
        expect(window.card.get_by_role("row", name=label)).to_contain_text(value)
    window.confirm("Cancelar")


def test_what_the_bank_would_refuse_is_said_and_not_asked(
    address: str, open_window: Open, deployed: Deployed
) -> None:
    before = deployed.balances()
    window = open_window(address)
    window.say(transfer("12800.01"))
    expect(window.page.locator(".confirmation")).to_have_count(0)
    expect(window.theirs.last).to_contain_text("createTransfer: answered 422")
    assert deployed.balances() == before


def test_a_payee_who_is_new_is_paid_after_a_long_press_and_not_after_a_yes(
    address: str, open_window: Open, deployed: Deployed
) -> None:
    before = deployed.balances()
    window = open_window(address)
    order = f"call createTransfer from_account={MARIA} to_account=acc-elena-savings amount=15"
    window.say(order)
    expect(window.card).to_contain_text("Elena G*** O***")
    window.say("sí")
    expect(window.page.locator(".problem")).to_contain_text("15.00")
    assert deployed.balances() == before
    window.hold()
    expect(window.card).to_contain_text("Lo que confirmaste sí quedó hecho.")
    window.expect_balance(MARIA, before[MARIA] - 15)

    window.say(order)
    window.say("15.00")  # the other way, for who cannot hold a button
    expect(window.card).to_contain_text("Lo que confirmaste sí quedó hecho.")
    window.expect_balance(MARIA, before[MARIA] - 30)


def test_of_two_yeses_to_the_same_transfer_the_second_is_shown_a_warning_first(
    address: str, open_window: Open, deployed: Deployed
) -> None:
    before = deployed.balances()
    one, two = open_window(address), open_window(address)
    for window in (one, two):
        window.say(transfer("33.10"))
    one.confirm()
    two.confirm()
    expect(two.page.locator(".confirmation")).to_have_count(2)
    expect(two.card).to_contain_text("Nuevo: En las últimas 24 horas ya se hizo lo mismo")
    assert deployed.balances()[MARIA] == before[MARIA] - Decimal("33.10")
    two.confirm("Cancelar")
    assert deployed.balances()[MARIA] == before[MARIA] - Decimal("33.10")


def test_a_declined_confirmation_moves_nothing_and_the_chat_goes_on(
    address: str, open_window: Open, deployed: Deployed
) -> None:
    before = deployed.balances()
    window = open_window(address)
    window.say(transfer("75"))
    window.confirm("Cancelar")
    expect(window.card).to_contain_text("Cancelado: no se hizo nada")
    expect(window.card.get_by_role("button", name="Confirmar")).not_to_be_visible()
    window.say("say sigo aquí")
    expect(window.theirs.last).to_have_text("sigo aquí")
    assert deployed.balances() == before


def test_to_say_something_else_declines_too(
    address: str, open_window: Open, deployed: Deployed
) -> None:
    before = deployed.balances()
    window = open_window(address)
    window.say(transfer("76"))
    window.say("say mejor otra cosa")
    expect(window.card).to_contain_text("Dijiste otra cosa: aquí no se hizo nada")
    expect(window.card.get_by_role("button")).to_have_count(0)
    assert deployed.balances() == before


def test_a_typed_yes_confirms(address: str, open_window: Open, deployed: Deployed) -> None:
    before = deployed.balances()
    window = open_window(address)
    window.say(transfer("1.10"))
    window.say("sí")
    expect(window.card).to_contain_text("Lo que confirmaste sí quedó hecho.")
    window.expect_balance(MARIA, before[MARIA] - Decimal("1.10"))


def test_a_double_click_confirms_once(address: str, open_window: Open, deployed: Deployed) -> None:
    before = deployed.balances()
    window = open_window(address)
    window.say(transfer("10"))
    window.card.get_by_role("button", name="Confirmar").dblclick(force=True)
    window.wait_until_idle()
    expect(window.page.locator(".problem")).to_have_count(0)
    window.expect_balance(MARIA, before[MARIA] - 10)
    assert deployed.balances()[JUAN] == before[JUAN] + 10


def test_two_customers_side_by_side(address: str, open_window: Open, deployed: Deployed) -> None:
    before = deployed.balances()
    maria, juan = open_window(address, user="user-maria"), open_window(address, user="user-juan")
    juan.say("say solo para Juan")
    juan.expect_balance(JUAN, before[JUAN])
    maria.say(transfer("40"))
    maria.confirm()
    juan.expect_balance(JUAN, before[JUAN] + 40)
    change = juan.tab("Cambios").locator(".change:visible").first
    expect(change.locator(".delta")).to_have_text("+$40.00")
    expect(juan.page.locator("body")).not_to_contain_text("createTransfer")
    expect(maria.page.locator("body")).not_to_contain_text("solo para Juan")
    expect(juan.tab("Eventos").locator(".flow:visible")).to_have_count(0)
    juan.page.get_by_text("De todos").click()
    expect(juan.tab("Eventos").locator(".flow:visible").first).to_contain_text("TRANSFER_COMPLETED")


def test_switching_the_customer_never_mixes_conversations(address: str, open_window: Open) -> None:
    window = open_window(address)
    window.start("wait 1.5")
    window.page.select_option("#customer", "user-juan")
    expect(window.page.locator(".welcome")).to_contain_text("Hola, Juan")
    expect(window.page.locator("[data-account=acc-juan-checking]")).to_be_visible()
    window.say("say soy Juan")
    window.page.wait_for_timeout(1800)  # María's turn ends while Juan is on the screen
    expect(window.theirs).to_have_text(["soy Juan"])
    expect(window.page.get_by_role("tabpanel", name="Llamadas")).not_to_contain_text("wait")
    window.page.select_option("#customer", "user-maria")
    expect(window.theirs).to_have_text(["Un momento, ya está."])
    expect(window.page.locator("[data-account=acc-maria-checking]")).to_be_visible()
    window.page.select_option("#customer", "user-juan")
    expect(window.theirs).to_have_text(["soy Juan"])
