"""The purchase that is being put together, as messages change it."""

from typing import Final

from console.agent.offline import buying, finding
from console.agent.offline.accounts import accounts_in
from console.agent.offline.choosing import Choice
from console.agent.offline.memory import Offer, PurchaseFrame
from console.agent.offline.numbers import SMALL
from console.agent.offline.shopping import names_a_product, read_terms
from console.agent.offline.talk import Flow, Talk, once
from console.agent.offline.text import Said, read
from console.agent.offline.vocabulary import ACCOUNT_TYPE, ORDINALS, SPANISH_FOR
from shared.text import word_set


def frame_of(talk: Talk, said: Said) -> PurchaseFrame:
    """Return the frame of the purchase spoken of, with what the message says of it."""
    frame = talk.memory.frame
    if not (isinstance(frame, PurchaseFrame) and talk.memory.is_live):
        frame = PurchaseFrame(quantity=talk.memory.quantity)
    put_terms(frame, said)
    return frame


def put_terms(frame: PurchaseFrame, said: Said) -> bool:
    """Put how to buy into a frame; return whether a message says anything of it."""
    terms, named = read_terms(said), accounts_in(said)
    frame.benefit = terms.benefit or frame.benefit
    if terms.quantity is not None or terms.is_unclear:
        frame.quantity, frame.is_count_unclear = terms.quantity, terms.is_unclear
    if named:
        frame.account_type, frame.account_id = named[0].type, named[0].account_id
    elif terms.benefit:
        frame.account_type, frame.account_id = "", ""
    return bool(terms.benefit or terms.quantity is not None or terms.is_unclear or named)


def buy_one_of(talk: Talk, frame: PurchaseFrame, meant: list[Offer]) -> Flow:
    """Go on with the one product that is meant, or ask which."""
    if len(meant) == 1:
        _settle_on(frame, meant[0])
        return buying.purchase(talk, frame)
    talk.memory.frame, talk.memory.is_live = frame, True
    frame.offer = None
    return once(finding.ask_which(talk, meant))


def _settle_on(frame: PurchaseFrame, offer: Offer) -> None:
    if frame.offer != offer:
        frame.account_id = "" if not frame.account_type else frame.account_id
    frame.offer = offer


def in_focus(talk: Talk) -> Offer | None:
    """Return the product that is spoken of, if it is one."""
    memory = talk.memory
    if memory.offer is not None:
        return memory.offer
    return memory.offers[0] if len(memory.offers) == 1 else None


def is_new_thing(said: Said, meant: list[Offer]) -> bool:
    """Tell whether a message names a thing that none of the products shown is."""
    wanted = [token.word for token in said.tokens if names_a_product(read(token.said))]
    shown = Choice(" ".join(f"{o.name} {o.description}" for o in meant)).words
    return bool(wanted) and not any(
        Choice(f"{word} {SPANISH_FOR.get(word, '')}").words & shown for word in wanted
    )


def is_terse(talk: Talk, said: Said) -> bool:
    """Tell whether a message says no more than which, how many and how to pay."""
    shown = Choice(" ".join(offer.choice.texts for offer in talk.memory.offers)).words
    return all(token.word != "no" for token in said.tokens[1:]) and all(
        token.is_sign
        or token.is_number
        or token.word in _TERSE
        or Choice(token.word).words <= shown
        for token in said.tokens
    )


def names_new_product(talk: Talk, said: Said) -> bool:
    """Tell whether a message names a product, and none of those shown."""
    return names_a_product(said) and is_new_thing(said, talk.memory.offers)


_TERSE: Final = (
    ACCOUNT_TYPE.keys()
    | ORDINALS.keys()
    | SMALL.keys()
    | word_set(
        """
        a de con en por el la los las lo un una al del y o si no mejor pero que sea sean son
        seria quiero dame ok okay bueno va vale entonces porfa favor please meses mes msi
        sin intereses mensualidades pagos pago puntos cashback contado beneficio beneficios
        cuenta mi piezas pieza unidades par solo nomas llevo me esa ese este esta mas barata
        barato economica yes in with installments installment months month make it card
        points the one instead rather without use using my account i ll ill will take get
        them buy for to want actually cambiala cambialo prefiero cambia cambiale ponlo ponla
        pon hazlo hazla hazme bien opcion option number numero elijo escojo choose prefer
        pagarlo pagarla todo mas menos tambien queda quedo como con change switch do make
        seria cargo cargalo cargala nada compro compra compralo comprala usa usando pagar
        paga pagandolo pagandola pagandolos pagandolas perdon charge other otra otro no pay first
        at over and just only full
        """
    )
)
