"""Answers to what was asked last."""

from dataclasses import replace

from console.agent.offline import adding, buying, finding, transferring
from console.agent.offline.accounts import accounts_in
from console.agent.offline.choosing import Choice, chosen
from console.agent.offline.introductions import account_alone, read_introduction
from console.agent.offline.memory import AddFrame, PurchaseFrame, TransferFrame
from console.agent.offline.readings import purchases
from console.agent.offline.readings.message import Message
from console.agent.offline.shopping import count_alone, names_a_product, read_wish
from console.agent.offline.talk import Flow, Talk, once
from console.agent.offline.text import Said
from console.agent.offline.transfer_order import read_order, read_recipient


def answered(talk: Talk, message: Message) -> Flow | None:
    """Take a message as the answer to what was asked."""
    frame = talk.memory.frame
    if not message.asked_for or frame is None or not message.may_answer:
        return None
    if isinstance(frame, PurchaseFrame) and "compare" in message.intents:
        return None
    if "no" in message.intents:
        talk.memory.decline()
        return talk.answer("nothing_done")
    if isinstance(frame, TransferFrame):
        return _answer_transfer(talk, message, frame)
    if isinstance(frame, AddFrame):
        return _answer_addition(talk, message, frame)
    return _answer_purchase(talk, message, frame)


def _answer_transfer(talk: Talk, message: Message, frame: TransferFrame) -> Flow | None:
    said, wanted = message.said, message.asked_for
    if "confirmation" in wanted and "yes" in message.intents:
        return transferring.transfer(talk, frame)
    if "account" in wanted and _account_answered(talk, said, frame):
        return transferring.transfer(talk, frame)
    if "recipient" in wanted and _recipient_answered(talk, message, frame):
        return transferring.transfer(talk, frame)
    order = read_order(said)
    if "amount" in wanted and order.amount is not None and order.is_all:
        transferring.merge(frame, order, said, talk)
        return transferring.transfer(talk, frame)
    return None


def _recipient_answered(talk: Talk, message: Message, frame: TransferFrame) -> bool:
    said = message.said
    if frame.candidates:
        if len(frame.candidates) == 1 and "yes" in message.intents:
            transferring.choose(frame, frame.candidates[0])
            return True
        places = chosen(said, [person.choice for person in frame.candidates])
        if len(places) == 1:
            transferring.choose(frame, frame.candidates[places[0]])
            return True
    if message.is_about_else:
        return False
    order = read_order(said)
    if not order.is_all:
        return False
    if not order.says_whom:
        order = replace(order, recipient=read_recipient(said))
    if not (order.recipient or order.says_whom) or _is_gibberish(order.recipient):
        return False
    transferring.merge(frame, order, said, talk)
    return True


def _account_answered(talk: Talk, said: Said, frame: TransferFrame) -> bool:
    named = accounts_in(said)
    places = chosen(said, [Choice(a.type) for a in talk.memory.accounts])
    account = talk.memory.accounts[places[0]] if len(places) == 1 and not named else None
    return transferring.fill_account(frame, named[0] if named else None, account)


def _answer_addition(talk: Talk, message: Message, frame: AddFrame) -> Flow | None:
    said, wanted = message.said, message.asked_for
    if "account" in wanted:
        frame.account_id = account_alone(said)
        has_alias = not frame.alias and bool(read_introduction(said).relationship)
        if not frame.account_id and has_alias:
            adding.merge(frame, read_introduction(said))
        return adding.add(talk, frame) if frame.account_id or has_alias else None
    if message.is_about_else:
        return None
    introduced = read_introduction(said)
    if "alias" in wanted:
        frame.alias = introduced.alias or introduced.name or said.text.strip(" .!")
        frame.relationship = frame.relationship or introduced.relationship
        return adding.add(talk, frame)
    if frame.alias and not introduced.account_id:
        frame.name = introduced.name or introduced.alias or said.text.strip(" .!")
    elif not adding.merge(frame, introduced):
        return None
    return adding.add(talk, frame)


def _answer_purchase(talk: Talk, message: Message, frame: PurchaseFrame) -> Flow | None:
    said = message.said
    if "yes" in message.intents and not (frame.offer or talk.memory.offers):
        return once(talk.ask("none_shown", "product"))
    meant = finding.offers_meant(talk, said) if "product" in message.asked_for else []
    put = purchases.put_terms(frame, said)
    if "quantity" in message.asked_for and (count := count_alone(said)) is not None:
        frame.quantity, frame.is_count_unclear, put = count, False, True
    if meant:
        return purchases.buy_one_of(talk, frame, meant)
    if "yes" in message.intents and message.asked_for != ("product",):
        frame.account_type = "credit" if "account" in message.asked_for else ""
        return buying.purchase(talk, frame)
    if put and frame.offer is not None:
        return buying.purchase(talk, frame)
    if "product" in message.asked_for and names_a_product(said):
        frame.wish = read_wish(said)
        return buying.purchase(talk, frame)
    return None


def _is_gibberish(words: str) -> bool:
    return not any(character.isalpha() for character in words)
