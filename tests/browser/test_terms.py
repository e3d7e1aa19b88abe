"""The card shows the bank's terms, and says of a yes what the bank says became of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from console.agent.events import (
    ConfirmationAsked,
    ConfirmationSettled,
    Settlement,
    Text,
    TurnEnded,
    TurnEvent,
    Warned,
)
from shared.clock import system_clock, to_iso
from tests.support.fake_chat import FakeService
from tests.support.web_chat import web_chat_server
from tests.support.window import Window

Open = Callable[..., Window]
HOSTILE = '\u202e<img src=x onerror="window.hit=1"></bdi><script>window.hit=1</script>'
HOLD_MS = 2_000

ASKED = ConfirmationAsked(
    invocation_id="inv-1",
    operation_id="createPurchase",
    arguments={"product_id": "prod-1"},
    terms={"total_amount": "3799.00"},
    question="¿Hago esta compra?",
    headline="$3,799.00 MXN",
    rows=(
        ("Tienda", "Tienda Azteca"),
        ("Desde", "Tu tarjeta (acc-maria-credit)"),
        ("Te devuelven", "$189.95 MXN"),
        ("Beneficio", "cashback"),
    ),
    warnings=(Warned("CASH_FROM_CREDIT", "Es un adelanto de efectivo."),),
)
NEW_PAYEE = replace(
    ASKED,
    headline="$9,000.00 MXN",
    warnings=(Warned("NEW_PAYEE", "Nunca le has pagado a esta cuenta."),),
    must_repeat="9000.00",
)


@contextmanager
def asking(
    open_window: Open,
    asked: ConfirmationAsked = ASKED,
    settled: Callable[[str], Iterator[TurnEvent]] | None = None,
    **options: Any,
) -> Iterator[tuple[Window, Any]]:
    """Yield a window where a card was shown, and the decisions that were taken on it."""
    service: Any = FakeService()
    service.answer = lambda text: iter(
        [asked, TurnEnded("confirmation")]
        if text == "hazlo"
        else [Text(text), TurnEnded("answered")]
    )
    service.settled = settled
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False, **options)
        window.say("hazlo")
        yield window, service.agents["user-maria"].decisions


def ends_as(state: Settlement) -> Callable[[str], Iterator[TurnEvent]]:
    """Return what settles a yes."""
    message = f"El banco dijo {state}."
    return lambda invocation_id: iter(
        [ConfirmationSettled(invocation_id, state, message), TurnEnded("answered")]
    )


def test_the_card_has_the_headline_the_rows_and_the_warnings(open_window: Open) -> None:
    with asking(open_window) as (window, _):
        expect(window.card.locator(".headline")).to_have_text("$3,799.00 MXN")
        large, small = (
            float(
                window.card.locator(part).first.evaluate("e => getComputedStyle(e).fontSize")[:-2]
            )
            for part in (".headline", "td")
        )
        assert large > 1.5 * small
        expect(window.card.locator("tr")).to_have_text(
            [f"{label}{value}" for label, value in ASKED.rows]
        )
        expect(window.card.locator(".warnings li")).to_have_text(["Es un adelanto de efectivo."])
        expect(window.card).to_have_accessible_name("¿Hago esta compra?")
        described = window.card.evaluate(
            "e => document.getElementById(e.getAttribute('aria-describedby')).textContent"
        )
        assert all(part in described for part in ("3,799", "Tienda Azteca", "adelanto"))


def test_hostile_names_are_text_and_turn_nothing_around(open_window: Open) -> None:
    asked = replace(
        ASKED,
        question=HOSTILE,
        headline=HOSTILE,
        rows=((HOSTILE, f"{HOSTILE} (acc-1)"), ("Para", HOSTILE)),
        warnings=(Warned("NAME_DIFFERS", HOSTILE),),
        must_repeat=HOSTILE,
    )

    def settled(invocation_id: str) -> Iterator[TurnEvent]:
        yield ConfirmationSettled(invocation_id, "changed", HOSTILE)
        yield replace(ASKED, invocation_id="inv-2", headline=HOSTILE + "2", rows=((HOSTILE, "x"),))
        yield TurnEnded("confirmation")

    with asking(open_window, asked, settled) as (window, _):
        for part in (".headline", "td", ".warnings li"):
            for shown in window.card.locator(part).all():
                expect(shown.locator("bdi")).to_contain_text(HOSTILE)
        window.card.get_by_role("button", name="Mantén presionado").hover()
        window.page.mouse.down()
        window.page.mouse.up()
        expect(window.card.locator(".hold-hint")).to_contain_text("Soltaste antes")
        window.hold()  # its hint, which is long now, is none while it is held
        expect(window.page.locator(".confirmation")).to_have_count(2)
        assert window.page.evaluate("window.hit") is None
        assert window.page.locator("#desk :is(img, script)").count() == 0
        assert window.cut_off() == []


@pytest.mark.parametrize("state", ["done", "pending", "refused", "unknown"])
def test_a_yes_is_shown_as_what_became_of_it(open_window: Open, state: Settlement) -> None:
    with asking(open_window, settled=ends_as(state)) as (window, _):
        window.confirm()
        expect(window.card.locator(".foot")).to_have_text(f"El banco dijo {state}.")
        expect(window.card.get_by_role("button")).to_have_count(0)
        red = window.page.evaluate(
            """() => {
                const probe = document.body.appendChild(document.createElement("i"));
                probe.style.color = "var(--red)";
                return getComputedStyle(probe).color;
            }"""
        )
        color = window.card.locator(".chosen").evaluate("e => getComputedStyle(e).color")
        assert (color == red) is (state == "refused")


def test_until_the_bank_has_answered_a_yes_is_not_shown_as_done(open_window: Open) -> None:
    def never_settled(_: str) -> Iterator[TurnEvent]:
        yield Text("Ya quedó, transferí todo.")
        yield TurnEnded("answered")

    with asking(open_window, settled=never_settled) as (window, _):
        window.confirm()
        expect(window.card).to_contain_text("No se sabe si se hizo")
        expect(window.card).not_to_contain_text("Quedó hecho")


def test_changed_terms_take_the_place_of_the_old_ones_and_what_changed_is_marked(
    open_window: Open,
) -> None:
    changed = replace(
        ASKED,
        invocation_id="inv-2",
        rows=(*ASKED.rows[:2], ("Te devuelven", "$151.96 MXN"), ("Te queda hoy", "$100.00 MXN")),
        warnings=(*ASKED.warnings, Warned("POSSIBLE_DUPLICATE", "Hoy ya hiciste lo mismo.")),
    )

    def settled(invocation_id: str) -> Iterator[TurnEvent]:
        yield ConfirmationSettled(invocation_id, "changed", "Las condiciones son otras.")
        yield changed
        yield TurnEnded("confirmation")

    with asking(open_window, settled=settled) as (window, decisions):
        window.confirm()
        old, new = window.page.locator(".confirmation").all()
        expect(old).to_contain_text("Las condiciones son otras.")
        expect(old.locator(".terms")).not_to_be_visible()
        expect(old.get_by_role("button")).to_have_count(0)
        expect(new).to_contain_text("Cambió después de que confirmaste")
        expect(new.locator("tr")).to_have_text(
            [
                "TiendaTienda Azteca",
                "DesdeTu tarjeta (acc-maria-credit)",
                "Te devuelvenantes $189.95 MXN $151.96 MXN",
                "Te queda hoy$100.00 MXN",
                "Beneficioantes cashback",
            ]
        )
        expect(new.locator("ins")).to_have_text(["$151.96 MXN", "$100.00 MXN"])
        expect(new.locator("del")).to_have_text(["antes $189.95 MXN", "antes cashback"])
        expect(new.locator(".warnings li")).to_have_text(
            ["Es un adelanto de efectivo.", "Nuevo: Hoy ya hiciste lo mismo."]
        )
        assert decisions == ["CONFIRM"]  # to the old terms; the new ones wait
        window.confirm("Cancelar")
        assert decisions == ["CONFIRM", "DENY"]


def test_a_card_whose_time_is_over_can_only_be_cancelled(open_window: Open) -> None:
    soon = to_iso(system_clock() + timedelta(seconds=4))
    with asking(open_window, replace(ASKED, expires_at=soon)) as (window, decisions):
        confirm = window.card.get_by_role("button", name="Confirmar")
        expect(confirm).to_be_enabled()
        expect(confirm).to_be_disabled()
        expect(window.card).to_contain_text("Ya pasó el tiempo")
        confirm.click(force=True)
        window.page.reload()
        expect(window.card.get_by_role("button", name="Confirmar")).to_be_disabled()
        window.confirm("Cancelar")
        assert decisions == ["DENY"]


# --- The button that is held -----------------------------------------------------------------


def test_a_payee_who_is_new_takes_a_long_press(open_window: Open) -> None:
    with asking(open_window, NEW_PAYEE) as (window, decisions):
        expect(window.card.get_by_role("button", name="Confirmar", exact=True)).to_have_count(0)
        button = window.card.get_by_role("button", name="Mantén presionado")
        expect(button).to_have_accessible_description(
            "Revisa bien: para confirmar mantén presionado el botón dos segundos, "
            "o escribe 9000.00 en tu mensaje."
        )
        button.click()
        button.dblclick()
        expect(window.card).to_contain_text("Soltaste antes de tiempo y no se confirmó nada")
        assert decisions == []
        window.hold()
        expect(window.card).to_contain_text("Quedó hecho.")
        assert decisions == ["CONFIRM"]
        expect(window.page.locator("#message")).to_be_focused()


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_the_keyboard_can_hold_the_button_too(open_window: Open, key: str) -> None:
    with asking(open_window, NEW_PAYEE) as (window, decisions):
        expect(window.card).to_be_focused()
        press = window.page.keyboard
        press.press("Tab")
        press.press(key)
        expect(window.card).to_contain_text("Soltaste antes de tiempo")
        assert decisions == []
        press.down(key)
        expect(window.card).to_contain_text("Sigue presionando")
        press.down(key)  # again and again, as a key that is held does
        expect(window.card).to_contain_text("Quedó hecho.")
        press.down(key)
        press.up(key)
        expect(window.page.locator("#message")).to_be_focused()
        expect(window.page.locator("#message")).to_have_value("")
        assert decisions == ["CONFIRM"]


def test_a_pointer_that_leaves_and_a_focus_that_goes_let_the_button_go(open_window: Open) -> None:
    with asking(open_window, NEW_PAYEE) as (window, decisions):
        window.card.get_by_role("button", name="Mantén presionado").hover()
        window.page.mouse.down()
        expect(window.card).to_contain_text("Sigue presionando")
        window.page.mouse.move(0, 0)
        expect(window.card).to_contain_text("Soltaste antes de tiempo")
        window.page.mouse.up()
        window.card.get_by_role("button", name="Mantén presionado").focus()
        window.page.keyboard.down(" ")
        window.page.keyboard.press("Tab")
        expect(window.card).to_contain_text("Soltaste antes de tiempo")
        window.page.keyboard.up(" ")
        window.page.wait_for_timeout(HOLD_MS + 500)
        assert decisions == []


def test_a_finger_holds_the_button_too_and_one_that_slides_off_lets_it_go(
    open_window: Open,
) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    with asking(open_window, NEW_PAYEE, **phone) as (window, decisions):
        button = window.card.get_by_role("button", name="Mantén presionado")
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        finger = {"x": box["x"] + 20, "y": box["y"] + 20}
        screen = window.page.context.new_cdp_session(window.page)

        def touch(kind: str, *points: dict[str, float]) -> None:
            screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

        touch("touchStart", finger)
        expect(window.card).to_contain_text("Sigue presionando")
        touch("touchMove", finger | {"y": finger["y"] - 200})
        expect(window.card).to_contain_text("Soltaste antes de tiempo")
        touch("touchEnd")
        assert decisions == []
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        touch("touchStart", {"x": box["x"] + 20, "y": box["y"] + 20})
        expect(window.card).to_contain_text("Quedó hecho.")
        touch("touchEnd")
        assert decisions == ["CONFIRM"]


def test_what_can_only_click_is_told_the_other_way(open_window: Open) -> None:
    """Such as a screen reader or a voice: the amount that is written confirms as well."""
    with asking(open_window, NEW_PAYEE) as (window, decisions):
        window.card.get_by_role("button", name="Mantén presionado").evaluate("e => e.click()")
        expect(window.card).to_contain_text("o escribe 9000.00")
        expect(window.card).to_contain_text("no se confirmó nada")
        assert window.page.locator("[role=log] .hold-hint").count() == 1  # so it is read out
        assert decisions == []


@pytest.mark.parametrize(
    ("motion", "timing"), [("no-preference", "linear"), ("reduce", "steps(4)")]
)
def test_the_fill_is_seen_and_does_not_move_smoothly_for_who_wants_no_motion(
    open_window: Open, motion: str, timing: str
) -> None:
    with asking(open_window, NEW_PAYEE, reduced_motion=motion) as (window, _):
        width = "e => e.getBoundingClientRect().width"
        fill = window.card.locator(".fill")
        assert fill.evaluate(width) == 0
        window.card.get_by_role("button", name="Mantén presionado").hover()
        window.page.mouse.down()
        window.page.evaluate(
            """async () => {
                const fill = document.querySelector(".fill");
                while (!fill.getBoundingClientRect().width) {
                    await new Promise(requestAnimationFrame);
                }
            }"""
        )
        style = fill.evaluate(
            """e => {
                const { animationTimingFunction, animationDuration } = getComputedStyle(e);
                return [animationTimingFunction, animationDuration];
            }"""
        )
        assert style == [timing, "2s"]
        assert fill.evaluate(width) < window.card.locator(".hold").evaluate(width)
        window.page.mouse.up()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_cards_of_every_state(open_window: Open, scheme: str) -> None:
    service: Any = FakeService()
    service.answer = lambda text: iter(
        [
            replace(NEW_PAYEE if text == "waits" else ASKED, invocation_id=text),
            TurnEnded("confirmation"),
        ]
    )
    service.settled = lambda invocation_id: ends_as(invocation_id)(invocation_id)
    states = get_args(Settlement)
    with web_chat_server(service) as server:
        window = open_window(server.address, wait=False, color_scheme=scheme, bypass_csp=True)
        for state in states:
            window.say(state)
            window.confirm()
        window.say("waits")
        window.page.wait_for_timeout(400)
        assert window.page.locator(".confirmation").count() == len(states) + 1
        assert Axe().run(window.page).response["violations"] == []
        window.page.locator(".confirmation h3").first.evaluate("e => e.style.opacity = 0.3")
        found = Axe().run(window.page).response["violations"]
        assert [each["id"] for each in found] == ["color-contrast"]
