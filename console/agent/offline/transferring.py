"""Transfers: put together what is said and known, ask for the rest, propose, tell the outcome."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from jellyfish import damerau_levenshtein_distance

from console.agent.brain import CallOutcome, Say
from console.agent.offline.memory import Account, Person, TransferFrame, account_of, person_of
from console.agent.offline.orders import Order, Reading, is_unclear_amount
from console.agent.offline.parts import Account as NamedAccount
from console.agent.offline.talk import Flow, Talk
from console.agent.wording import money
from shared.text import fold

CHECKING = "checking"
_MAX_TYPO = 2


def merge(frame: TransferFrame, order: Order, reading: Reading, talk: Talk) -> None:
    """Put what an order says into a frame."""
    if order.amount is not None:
        amount = is_unclear_amount(reading.said, order.amount)
        frame.amount = None if amount.doubt else amount.value
        frame.doubt = amount.doubt
        frame.doubted = reading.said.quote(amount.first, amount.last)
    if order.recipient or order.destination is not None or order.is_to_same:
        frame.recipient, frame.to_account, frame.to_name, frame.to_type = "", "", "", ""
        frame.candidates = []
    if order.recipient:
        frame.recipient = order.recipient
    elif order.destination is not None:
        frame.to_account, frame.to_type = order.destination.account_id, order.destination.type
    elif (person := talk.memory.last_person) and _may_be(talk, order.is_to_same, person):
        choose(frame, person)
    if order.source is not None and (order.source.type or order.source.account_id):
        frame.from_account, frame.from_type = order.source.account_id, order.source.type
    frame.description = order.description or frame.description
    frame.is_for_several = order.is_for_several
    frame.unread = reading.quoted(order.unread)


def _may_be(talk: Talk, pronoun: str, person: Person) -> bool:
    """Tell whether "ella" or "him" may be somebody: by the ending of what they are called."""
    if not pronoun:
        return False
    told = {"pronoun_he": "m", "pronoun_she": "f"}.get(pronoun, "")
    words = [fold(word) for word in f"{person.name.split()[0]} {person.alias}".split()]
    known = {talk.words.gender(word) for word in words} - {""}
    return not told or not known or told in known


def choose(frame: TransferFrame, person: Person) -> None:
    """Make somebody the recipient."""
    frame.recipient, frame.candidates, frame.to_type = "", [], ""
    frame.to_account, frame.to_name = person.account_id, person.name


def frame_of(arguments: Mapping[str, Any]) -> TransferFrame:
    """Return the frame of a call of createTransfer, for its amendment."""
    amount = str(arguments.get("amount", ""))
    return TransferFrame(
        amount=Decimal(amount) if amount.replace(".", "", 1).isdigit() else None,
        to_account=str(arguments.get("to_account", "")),
        from_account=str(arguments.get("from_account", "")),
        description=str(arguments.get("description", "")),
    )


def transfer(talk: Talk, frame: TransferFrame) -> Flow:
    """Go on with a transfer as far as what is known allows."""
    talk.memory.resume(frame)
    if frame.is_for_several:
        frame.is_for_several, frame.recipient = False, ""
        frame.amount, frame.doubt = None, ""
        yield talk.ask("ask_one_person", "recipient", "amount")
        return
    if not (frame.recipient or frame.to_account or frame.to_type):
        yield _ask_whom(talk, frame)
        return
    yield from _find_ends(talk, frame)


def _ask_whom(talk: Talk, frame: TransferFrame) -> Say:
    if frame.doubt:
        return _ask_amount(talk, frame)
    if frame.amount is None:
        return talk.ask("ask_recipient_amount", "recipient", "amount")
    return talk.ask("ask_recipient", "recipient", amount=money(frame.amount))


def _find_ends(talk: Talk, frame: TransferFrame) -> Flow:
    """Find out who is meant and which accounts there are, then ask or propose."""
    wanted: list[tuple[str, Mapping[str, str]]] = [("getBalance", {})]
    if frame.recipient:
        wanted.append(("resolveAlias", {"alias": frame.recipient}))
    balances, *resolved = yield from talk.look_all(*wanted)
    accounts = [account_of(entry) for entry in balances["accounts"]]
    if resolved and not settled(talk, frame, resolved[0]):
        yield _ask_person(talk, frame, resolved[0])
        return
    question = _own_destination(talk, frame, accounts)
    if question is not None:
        yield question
        return
    if frame.amount is None:
        yield _ask_amount(talk, frame)
        return
    question = _source(talk, frame, accounts)
    if question is None and frame.unread:
        question = ask_order(talk, frame)
    if question is not None:
        yield question
        return
    yield from _propose(talk, frame)


def ask_order(talk: Talk, frame: TransferFrame) -> Say:
    """Ask whether a transfer that was spoken of is to be made; say what of it was not read."""
    who = frame.recipient or frame.to_name or talk.account_type(frame.to_type)
    who = who or (talk.account(frame.to_account) if frame.to_account else talk.text("someone"))
    said, frame.unread = frame.unread, ""
    head = talk.text("unread", said=said) + " " if said else ""
    if frame.amount is None:
        question = talk.ask("ask_order_amount", "confirmation", frame=frame, who=who)
    else:
        amount = money(frame.amount)
        question = talk.ask("ask_order", "confirmation", frame=frame, amount=amount, who=who)
    return replace(question, delta=head + question.delta)


def settled(talk: Talk, frame: TransferFrame, resolved: Mapping[str, Any]) -> bool:
    """Take the person whom the bank is sure of, if all that was said may be them."""
    if not resolved.get("beneficiary"):
        return False
    person = person_of(resolved["beneficiary"])
    if not _accounts_for(talk, person, frame.recipient):
        return False
    choose(frame, person)
    return True


def _accounts_for(talk: Talk, person: Person, said: str) -> bool:
    """Tell whether each word that said who is meant is somebody's: a name, a relation, "mi"."""
    called = {fold(word) for word in f"{person.name} {person.alias}".split()}
    tokens = talk.read(said).said.tokens
    for place, token in enumerate(tokens):
        is_known = talk.words.match(
            tokens, place, "relation", "possessive", "definite", "article", "honorific", "particle"
        )
        near = any(
            damerau_levenshtein_distance(token.word, word) <= min(_MAX_TYPO, len(word) // 3)
            or word.startswith(token.word[:4])
            for word in called
        )
        if is_known is None and not near and token.is_word:
            return False
    return True


def _ask_person(talk: Talk, frame: TransferFrame, resolved: Mapping[str, Any]) -> Say:
    said, frame.recipient = frame.recipient, ""
    found = [resolved["beneficiary"]] if resolved.get("beneficiary") else resolved["candidates"]
    frame.candidates = [person_of(entry) for entry in found]
    if not frame.candidates:
        return talk.ask("ask_person_unknown", "recipient", said=said)
    if len(frame.candidates) == 1:
        person = talk.person(frame.candidates[0])
        return talk.ask("ask_only_person", "recipient", said=said, person=person)
    people = talk.people(frame.candidates)
    return talk.ask("ask_which_person", "recipient", said=said, people=people)


def _ask_amount(talk: Talk, frame: TransferFrame) -> Say:
    if frame.doubt:
        doubt, frame.doubt = frame.doubt, ""
        return talk.ask(f"doubt_{doubt}", "amount", said=frame.doubted)
    if talk.memory.is_own(frame.to_account):
        return talk.ask("ask_amount_own", "amount", who=talk.account(frame.to_account))
    return talk.ask("ask_amount", "amount", who=frame.to_name or talk.account(frame.to_account))


def _own_destination(talk: Talk, frame: TransferFrame, accounts: list[Account]) -> Say | None:
    """Find the own account that a type means; return a question when it means none or several."""
    if not frame.to_type:
        return None
    fitting = [account for account in accounts if account.type == frame.to_type]
    if len(fitting) == 1:
        frame.to_account, frame.to_type = fitting[0].account_id, ""
        return None
    listed = talk.accounts_list(fitting or accounts)
    return talk.ask("ask_own_destination", "account", accounts=listed)


def _source(talk: Talk, frame: TransferFrame, accounts: list[Account]) -> Say | None:
    """Find the account that pays; return a question when it is not sure."""
    if frame.from_type == "other":
        frame.from_type = ""
        others = [
            a
            for a in accounts
            if a.is_active
            and a.type != "credit"
            and a.account_id not in {frame.to_account, frame.from_account or frame.shown_from}
        ]
        if len(others) == 1:
            frame.from_account = others[0].account_id
        else:
            return talk.ask(
                "ask_source", "account", accounts=talk.accounts_list(others or accounts)
            )
    if any(account.account_id == frame.from_account for account in accounts):
        return None
    if frame.from_account:
        frame.from_account = ""
        return talk.ask("ask_source", "account", accounts=talk.accounts_list(accounts))
    wanted = frame.from_type or CHECKING
    fitting = [a for a in accounts if a.type == wanted and (frame.from_type or a.is_active)]
    if len(fitting) == 1 and fitting[0].account_id != frame.to_account:
        frame.from_account, frame.from_type = fitting[0].account_id, ""
        return None
    others = [a for a in fitting or accounts if a.account_id != frame.to_account and a.is_active]
    others = others or [a for a in accounts if a.account_id != frame.to_account]
    return talk.ask("ask_source", "account", accounts=talk.accounts_list(others))


def _propose(talk: Talk, frame: TransferFrame) -> Flow:
    frame.shown_from = frame.from_account
    outcome = yield from talk.propose(
        "createTransfer",
        from_account=frame.from_account,
        to_account=frame.to_account,
        amount=f"{frame.amount:.2f}",
        description=frame.description,
    )
    yield from transferred(talk, frame, outcome)


def transferred(talk: Talk, frame: TransferFrame, outcome: CallOutcome) -> Flow:
    """Tell what became of a transfer."""
    memory = talk.memory
    memory.done = replace(frame)
    refusal = talk.not_done(outcome)
    if refusal is not None:
        yield refusal
        return
    body = outcome.body or {}
    memory.last_account, memory.topic = body["from_account"], "balance"
    memory.has_transferred = True
    if not memory.is_own(body["to_account"]):
        name = frame.to_name or body["to_account"]
        memory.last_person = Person(name, name, body["to_account"])
    memory.drop()
    if body.get("repeated"):
        yield talk.say("transfer_repeated")
        return
    who = frame.to_name or talk.account(body["to_account"])
    source = talk.account(body["from_account"])
    yield talk.say("transferred", amount=money(body["amount"]), who=who, source=source)


def fill_account(frame: TransferFrame, named: NamedAccount) -> None:
    """Take the account of an answer to a question for one."""
    if frame.to_type:
        frame.to_account, frame.to_type = named.account_id, "" if named.account_id else named.type
    else:
        frame.from_account, frame.from_type = named.account_id, named.type
