"""The benefits of products: what the bank says that they come to, for this customer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from console.agent.offline.talk import AskingMany, Talk
from console.agent.offline.things import Offer, Option
from console.agent.wording import money

_NAMING: Final = frozenset(
    {"product_id", "retailer_id", "quantity", "account_id", "benefit", "unit_price"}
)


def figures_taken(talk: Talk) -> list[str]:
    """Return which figures of a benefit the order takes, by the schema: all but what names it."""
    operation = talk.operations.get("createPurchase")
    return [name for name in operation.inputs if name not in _NAMING] if operation else []


def compared(talk: Talk, offers: Sequence[Offer], quantity: int) -> AskingMany:
    """Ask the bank what the benefits of products come to."""
    count = str(quantity) if quantity > 1 else ""
    ids = [{"product_id": o.product_id, "retailer_id": o.retailer_id} for o in offers]
    bodies = yield from talk.look_all(
        *(("compareBenefits", {**named, "quantity": count}) for named in ids)
    )
    return bodies


def eligible(offer: Offer, body: Mapping[str, Any], wanted: str, count: int = 1) -> list[Option]:
    """Return the options that the customer can have: those wanted, in the bank's order."""
    kind, _, months = wanted.partition("-")
    had = [o for o in body["options"] if o["eligible"] and o.get("benefit")]
    options = [Option(offer, figures["benefit"], count, figures) for figures in had]
    return [o for o in options if (o.benefit == wanted if months else o.benefit.startswith(kind))]


def options_text(talk: Talk, options: Iterable[Option], joint: str = " · ") -> str:
    """Return what benefits come to."""
    return joint.join(talk.text(f"option_{kind_of(o)}", **written_figures(o)) for o in options)


def kind_of(option: Option) -> str:
    """Return what sort of benefit it is, as its sentences are named."""
    return option.benefit.partition("-")[0].lower()


def written_figures(option: Option) -> dict[str, Any]:
    """Return the figures of an option, money as it is written."""
    amounts = ("monthly_payment", "last_payment", "cashback")
    return dict(option.figures) | {
        name: money(option.figures[name]) for name in amounts if option.figures.get(name)
    }
