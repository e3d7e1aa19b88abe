"""The page by keyboard, on a phone, in dark, in English, with a screen reader, and reloaded."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.window import Window

Open = Callable[..., Window]
TRANSFER = "transfiere 5"
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}


def test_the_keyboard_alone_is_enough(address: str, open_window: Open) -> None:
    window = open_window(address)
    press = window.page.keyboard.press
    press("Tab")
    expect(window.focused).to_have_text("Ir al mensaje")
    press("Enter")
    expect(window.focused).to_have_id("message")
    window.page.keyboard.type("say uno")
    press("Shift+Enter")
    window.page.keyboard.type("dos")
    expect(window.page.locator("#message")).to_have_value("say uno\ndos")
    press("Enter")
    expect(window.theirs.last).to_have_text("uno dos")
    expect(window.page.locator("#message")).to_have_value("")
    window.wait_until_idle()

    window.page.keyboard.type(TRANSFER)
    press("Enter")
    expect(window.card).to_be_focused()
    press("Enter")  # the card itself does nothing: only a button decides
    press("Tab")
    expect(window.focused).to_have_text("Confirmar")
    press("Tab")
    expect(window.focused).to_have_text("Cancelar")
    outline = window.focused.evaluate("(e) => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    press("Enter")
    expect(window.card).to_contain_text("Cancelado")
    expect(window.page.locator("#message")).to_be_focused()

    press("Tab")
    press("Tab")
    expect(window.focused).to_have_attribute("id", "tab-calls")
    press("ArrowRight")
    expect(window.focused).to_have_attribute("id", "tab-events")
    expect(window.page.locator("#events")).to_be_visible()
    press("End")
    expect(window.focused).to_have_attribute("id", "tab-changes")
    press("ArrowRight")
    expect(window.focused).to_have_attribute("id", "tab-calls")
    press("Escape")
    expect(window.page.locator("#message")).to_be_focused()


def test_escape_closes_what_was_opened(address: str, open_window: Open) -> None:
    window = open_window(address)
    window.say("call getBalance")
    call = window.page.locator(".call").first
    call.locator("summary").first.focus()
    window.page.keyboard.press("Enter")
    expect(call).to_have_attribute("open", "")
    window.page.keyboard.press("Escape")
    expect(call).not_to_have_attribute("open", "")
    expect(call.locator("summary").first).to_be_focused()


def test_who_is_writing_is_not_interrupted_by_a_confirmation(
    address: str, open_window: Open
) -> None:
    window = open_window(address)
    window.start("wait 1 transfiere 5")
    window.page.keyboard.type("una pregunta")
    expect(window.card).to_be_visible()
    window.page.keyboard.type(" mejor")
    expect(window.page.locator("#message")).to_have_value("una pregunta mejor")


def test_a_phone_shows_the_chat_first_and_scrolls_nothing_sideways(
    address: str, open_window: Open
) -> None:
    window = open_window(address, wait=False, **PHONE)
    expect(window.page.locator(".welcome")).to_be_visible()
    expect(window.page.locator(".panel")).not_to_be_visible()
    assert window.cut_off() == []
    window.say("say " + "x" * 300)
    window.say("call getBalance")
    window.say(TRANSFER)
    expect(window.card.get_by_role("button", name="Confirmar")).to_be_in_viewport()
    assert window.cut_off() == []
    window.page.get_by_role("button", name="Qué pasó").tap()
    for name in ("Eventos", "Cambios", "Llamadas"):
        window.tab(name)
        assert window.cut_off() == []
    window.page.locator(".call summary").first.tap()
    window.page.locator(".fold summary").first.tap()
    assert window.cut_off() == []
    window.page.keyboard.press("Escape")
    window.page.keyboard.press("Escape")
    window.page.keyboard.press("Escape")
    expect(window.page.locator(".chat")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(320, 480), (640, 400), (320, 256)])
def test_where_a_card_is_too_high_its_terms_are_seen_before_its_buttons(
    address: str, open_window: Open, width: int, height: int
) -> None:
    window = open_window(address, wait=False, viewport={"width": width, "height": height})
    window.say(TRANSFER)
    headline = window.card.locator(".headline")
    expect(headline).to_be_in_viewport()
    window.page.reload()
    expect(headline).to_be_in_viewport()
    window.page.get_by_role("button", name="Confirmar").click()
    expect(window.page.locator(".message.theirs").last).to_be_in_viewport()
    assert window.cut_off() == []


def test_a_screen_magnified_four_times_can_still_be_used(address: str, open_window: Open) -> None:
    window = open_window(address, wait=False, viewport={"width": 320, "height": 256})
    expect(window.page.locator(".welcome h3")).to_be_in_viewport()
    window.say("say cabe")
    assert window.cut_off() == []


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_light_or_dark_is_the_systems_until_a_person_chooses_and_its_colours_always(
    address: str, open_window: Open
) -> None:
    window = open_window(address, color_scheme="dark")
    dark = ground(window.page)
    theme = window.page.get_by_role("button", name="Tema oscuro")
    expect(theme).to_have_attribute("aria-pressed", "true")
    theme.click()
    light = ground(window.page)
    assert light != dark
    window.page.reload()
    expect(theme).to_have_attribute("aria-pressed", "false")
    assert ground(window.page) == light
    window.page.emulate_media(forced_colors="active")
    chosen, *others = window.page.get_by_role("tab").evaluate_all(
        "(tabs) => tabs.map((tab) => getComputedStyle(tab).borderBottomColor)"
    )
    assert chosen not in others


def test_the_page_speaks_english_and_so_does_what_was_there_before(
    address: str, open_window: Open
) -> None:
    window = open_window(address)
    window.say(TRANSFER)
    window.page.get_by_role("button", name="English").click()
    expect(window.page.locator("html")).to_have_attribute("lang", "en")
    expect(window.card.get_by_role("button", name="Confirm")).to_be_visible()
    window.confirm("Cancel")
    expect(window.card).to_contain_text("Cancelled: nothing was done")
    for name in ("Calls", "Events", "Changes"):
        expect(window.tab(name)).to_be_visible()
    expect(window.page.locator("#message")).to_have_attribute("placeholder", "Write what you need…")
    window.page.reload()
    expect(window.page.get_by_role("tab", name="Changes")).to_be_visible()
    window.page.select_option("#customer", "user-sofia")
    expect(window.page.locator(".welcome")).to_contain_text("Hello, Sofía")
    expect(window.page.get_by_role("button", name="I want a TV")).to_be_visible()


def test_what_is_in_another_language_than_the_page_is_marked(
    address: str, open_window: Open
) -> None:
    window = open_window(address)
    window.say("say please tell me the balance of my account")
    for words in (window.theirs.last, window.mine.last):
        expect(words.locator("xpath=ancestor-or-self::*[@lang][1]")).to_have_attribute("lang", "en")
    window.say(
        "call createTransfer from_account=acc-maria-checking to_account=acc-juan-checking amount=5"
    )
    expect(window.card).to_have_attribute("lang", "en")
    button = window.card.get_by_role("button", name="Confirmar")
    expect(button).to_have_attribute("lang", "es")
    window.page.get_by_role("button", name="English").click()
    expect(window.card.get_by_role("button", name="Confirm")).to_have_attribute("lang", "en")
    window.page.get_by_role("button", name="Español").click()
    window.say("call getBalance account_id=no-such-account")
    expect(window.page.locator(".call .reason")).to_have_attribute("lang", "en")


def test_a_reload_keeps_the_conversation_and_what_waits(address: str, open_window: Open) -> None:
    window = open_window(address)
    window.say("say antes")
    window.say(TRANSFER)
    window.page.reload()
    expect(window.mine).to_have_text(["say antes", TRANSFER])
    expect(window.theirs).to_have_text(["antes"])
    expect(window.page.locator(".call")).to_contain_text(["428"])  # it was asked for the terms
    window.confirm("Cancelar")
    expect(window.card).to_contain_text("Cancelado")
    window.page.reload()
    expect(window.card).to_contain_text("Cancelado")
    expect(window.card.get_by_role("button")).to_have_count(0)


def test_a_reload_in_the_middle_of_a_turn_shows_how_it_ends(
    address: str, open_window: Open
) -> None:
    window = open_window(address)
    window.start("wait 1.5")
    expect(window.theirs.last).to_have_text("Un momento")
    window.page.reload()
    expect(window.theirs.last).to_have_text("Un momento, ya está.")
    window.wait_until_idle()
    window.say("say otra")
    expect(window.theirs.last).to_have_text("otra")


def test_another_window_is_for_the_same_web_chat(address: str, open_window: Open) -> None:
    window = open_window(address, user="user-juan")
    with window.page.expect_popup() as opened:
        window.page.get_by_role("link", name="Otra ventana").click()
    other = opened.value
    expect(other.locator("#customer")).to_have_value("user-juan")
    assert "token" not in other.url


def test_a_suggestion_is_said_when_it_is_chosen(address: str, open_window: Open) -> None:
    window = open_window(address)
    window.page.get_by_role("button", name="Transfiere 100 pesos a mi hermano").click()
    expect(window.mine).to_have_text(["Transfiere 100 pesos a mi hermano"])
    expect(window.page.locator(".welcome")).to_have_count(0)


def test_nothing_is_asked_of_any_other_host(address: str, open_window: Open) -> None:
    window = open_window(address)
    window.say("call searchProducts search=televisor")
    assert len(window.hosts) == 1
    assert next(iter(window.hosts)).startswith("127.0.0.1:")


def violations(page: Page) -> list[str]:
    page.wait_for_timeout(400)  # what is still fading in has less contrast than it will have
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shape", ["desk", "phone"])
def test_axe_finds_nothing(address: str, open_window: Open, scheme: str, shape: str) -> None:
    options = PHONE if shape == "phone" else {}
    window = open_window(address, wait=False, color_scheme=scheme, bypass_csp=True, **options)
    expect(window.page.locator(".welcome")).to_be_visible()
    assert violations(window.page) == []
    window.say("call getBalance account_id=acc-juan-checking")
    window.say("call nothing")
    window.say("fail")
    window.say(TRANSFER)
    assert violations(window.page) == []
    window.confirm()
    if shape == "phone":
        window.page.get_by_role("button", name="Qué pasó").tap()
    window.page.locator(".call summary").first.click()
    window.page.locator(".fold summary").first.click()
    assert violations(window.page) == []
    expect(window.tab("Eventos").locator(".flow:visible").first).to_be_visible()
    assert violations(window.page) == []
    expect(window.tab("Cambios").locator(".change:visible").first).to_be_visible()
    assert violations(window.page) == []


def test_axe_finds_nothing_without_the_token_either(address: str, open_window: Open) -> None:
    there = address.partition("#")[0]
    window = open_window(there, wait=False, bypass_csp=True, locale="en-GB")
    expect(window.page.locator("#locked")).to_contain_text("The key to this chat is missing")
    assert violations(window.page) == []
    window.page.get_by_role("button", name="Español").click()
    window.page.reload()
    expect(window.page.locator("#locked")).to_contain_text("Falta la llave de este chat")


def test_axe_would_find_something(address: str, open_window: Open) -> None:
    window = open_window(address, bypass_csp=True)
    window.page.evaluate("document.querySelector('label[for=message]').remove()")
    assert any(found.startswith("label") for found in violations(window.page))
