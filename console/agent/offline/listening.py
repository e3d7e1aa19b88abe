"""What to do about a message: the first of the readings below that makes something of it.

Orders come first, then answers to what was asked, questions, and what refers to things shown.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from console.agent.brain import Say
from console.agent.events import Outcome
from console.agent.offline import adding, banking, buying, transferring
from console.agent.offline.accounts import account_type_in, accounts_in
from console.agent.offline.amounts import amounts_in, the_amount
from console.agent.offline.choosing import Choice, chosen, points_at_one
from console.agent.offline.dates import read_span
from console.agent.offline.intents import Intent, intents_of
from console.agent.offline.introductions import account_alone, read_introduction
from console.agent.offline.memory import AddFrame, Offer, PurchaseFrame, TransferFrame
from console.agent.offline.mood import Mood, is_foreign, is_injected, mood_of
from console.agent.offline.naming import help_, named_call
from console.agent.offline.numbers import SMALL
from console.agent.offline.orders import read_order, read_recipient
from console.agent.offline.queries import MovementsQuery, read_query, today
from console.agent.offline.shopping import names_a_product, read_terms, read_wish
from console.agent.offline.talk import Flow, Talk
from console.agent.offline.text import Said, Token, read
from console.agent.offline.verbs import Act, verb_of
from console.agent.offline.vocabulary import ACCOUNT_TYPE, ORDINALS, word_set
from console.agent.wording import money

_MAX_QUOTED_CHARACTERS: Final = 60
_MAX_FRAGMENT_WORDS: Final = 9
_CATALOGUE: Final = re.compile(
    r"(?<!\w)(?:productos?|catalogo|ofertas?|regalos?|que (?:vendes|venden|tienes|hay|ofrecen)|"
    r"products?|catalog(?:ue)?|deals|offers|gifts?|what do you (?:sell|have))(?!\w)"
)
_PURCHASE_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTEAD: Final = re.compile(
    r"(?<!\w)(?:mejor|instead|rather|cambia\w*|que sea[n]?|make it|no ,)(?!\w)"
)
_TAKES: Final = re.compile(
    r"^(?:(?:ok|okay|si|yes|va|bueno|pues|mejor|entonces|porfa|por favor|y|ya|[,.!]) )*"
    r"(?:quiero|quisiera|dame|me quedo con|me llevo|prefiero|elijo|escojo|compro|i want|i ll take|"
    r"ill take|"
    r"i would like|id like|give me|i prefer|i choose|ill have|lets get|vamos con|let s go with|"
    r"lets go with) "
    r"(?:a |con )?(?:la|el|las|los|lo|the|es[aeo]|est[aeo]|that|this|it)(?!\w)"
)
_PAYS_IT: Final = re.compile(r"(?<!\w)(?:paga(?:r)?l[ao]s?|pay (?:for )?(?:it|that|them))(?!\w)")
_SO_MANY: Final = re.compile(
    rf"^(?:quiero|dame|necesito|i want|give me|want) (?:[0-9]{{1,2}}|{'|'.join(SMALL)})"
    r"(?: piezas| of them| please| porfa)?(?: ?[.!])*$"
)
_FOLLOWS: Final = re.compile(
    r"^(?:[¿] )?(?:y|and|solo|solamente|only|just|pero|what about|how about|los de|las de|de|en|"
    r"del|in|on|"
    r"los del|las del|ahora|now|que tal|from|mejor|la de|el de) "
)
_WHO: Final = re.compile(
    r"(?:quien|who) (?:es|is|s|seria) (?P<a>.+?)(?: ?[?.!])*$|whos (?P<e>.+?)(?: ?[?.!])*$"
    r"|cual es la cuenta de (?P<b>.+?)(?: ?[?.!])*$"
    r"|(?:que|a quien) (?:tengo|tienes|traigo) como (?P<c>.+?)(?: ?[?.!])*$"
    r"|(?:tengo|tienes|esta) (?:registrado |dado de alta )?a (?P<d>.+?)(?: registrad\w*| dad\w* "
    r"de alta)?(?: ?[?.!])*$"
)
_ACTS: Final[tuple[Act, ...]] = ("SEND", "ADD", "BUY")


class Listener:
    """Turns messages into flows, in one conversation.

    `guarded` False takes whatever may be an order for one: what tests compare the guards with.
    """

    def __init__(self, talk: Talk, *, guarded: bool = True) -> None:
        self._talk = talk
        self._memory = talk.memory
        self._guarded = guarded

    def flow_for(self, said: Said) -> Flow:
        """Return what to do about a message."""
        asked_for, self._memory.asked_for = self._memory.asked_for, ()
        message = _Message(said, asked_for, self._guarded)
        for reading in self._readings:
            flow = reading(message)
            if flow is not None:
                return flow
        return self._not_understood(said)

    @property
    def _readings(self) -> "tuple[Callable[[_Message], Flow | None], ...]":
        return (
            self._named_operation,
            self._strange,
            self._cancelled,
            self._denied,
            self._ordered,
            self._answered,
            self._amended,
            self._taken,
            self._questioned,
            self._chosen,
            self._followed_up,
            self._stated,
            self._searched,
        )

    # --- what is no business of the bank ---

    def _named_operation(self, message: "_Message") -> Flow | None:
        return named_call(self._talk, message.said.text)

    def _strange(self, message: "_Message") -> Flow | None:
        if is_foreign(message.said):
            return self._say("foreign", "not_understood")
        if self._guarded and is_injected(message.said):
            self._memory.drop()
            return self._say("said_injected", "not_understood")
        return None

    def _cancelled(self, message: "_Message") -> Flow | None:
        if "cancel" not in message.intents:
            return None
        had_frame = self._memory.frame is not None
        self._memory.drop()
        return self._say("dropped" if had_frame else "nothing_pending")

    def _denied(self, message: "_Message") -> Flow | None:
        """Drop what an order not to do it is about."""
        moods = {message.mood(act) for act in _ACTS}
        if "negated" not in moods or not self._memory.is_live:
            return None
        self._memory.drop()
        return self._say("said_negated")

    # --- orders ---

    def _ordered(self, message: "_Message") -> Flow | None:
        makers: tuple[tuple[Act, Callable[[_Message], Flow | None]], ...] = (
            ("SEND", self._transfer),
            ("ADD", self._addition),
            ("BUY", self._purchase),
        )
        for act, make in makers:
            if message.mood(act) == "order":
                flow = make(message)
                if flow is not None:
                    return flow
        return None

    def _transfer(self, message: "_Message") -> Flow | None:
        order = read_order(message.said)
        if order.amount is None and self._memory.offers and _PAYS_IT.search(message.said.plain):
            return self._purchase(message)
        if order.amount is None and (message.is_about_else or _is_vague(message.said)):
            return None
        frame = self._memory.frame
        if not (isinstance(frame, TransferFrame) and self._memory.is_live) or (
            order.says_whom and order.amount is not None
        ):
            frame = TransferFrame()
        transferring.merge(frame, order, message.said, self._talk)
        return transferring.transfer(self._talk, frame)

    def _addition(self, message: "_Message") -> Flow | None:
        if names_a_product(message.said) or "carrito" in message.said.plain:
            return None
        order = read_order(message.said)
        is_note = order.description and isinstance(self._memory.frame, TransferFrame)
        if is_note or (order.amount is not None and order.destination is not None):
            return self._transfer(message)
        frame = AddFrame()
        adding.merge(frame, read_introduction(message.said))
        return adding.add(self._talk, frame)

    def _purchase(self, message: "_Message") -> Flow | None:
        said = message.said
        if {"purchase_status", "purchases"}.intersection(message.intents):
            return None
        frame = self._purchase_frame(said)
        meant = buying.offers_meant(self._talk, said)
        wish = read_wish(said)
        if meant and not self._is_new_thing(said, meant):
            return self._buy_one_of(frame, meant)
        if wish.words or wish.category:
            if _is_browsing(said):
                return buying.search(self._talk, wish)
            frame.offer, frame.wish = None, wish
            return buying.purchase(self._talk, frame)
        if frame.offer is None:
            frame.offer = self._in_focus()
        return buying.purchase(self._talk, frame)

    def _purchase_frame(self, said: Said) -> PurchaseFrame:
        """Return the frame of the purchase spoken of, with what the message says of it."""
        frame = self._memory.frame
        if not (isinstance(frame, PurchaseFrame) and self._memory.is_live):
            frame = PurchaseFrame()
        self._put_terms(frame, said)
        return frame

    def _put_terms(self, frame: PurchaseFrame, said: Said) -> bool:
        terms, named = read_terms(said), accounts_in(said)
        frame.benefit = terms.benefit or frame.benefit
        if terms.quantity is not None:
            frame.quantity = terms.quantity
        if named and not terms.benefit.startswith("MSI"):
            frame.account_type, frame.account_id = named[0].type, named[0].account_id
        elif terms.benefit:
            frame.account_type, frame.account_id = "", ""
        return bool(terms.benefit or terms.quantity is not None or named)

    def _buy_one_of(self, frame: PurchaseFrame, meant: list[Offer]) -> Flow:
        if len(meant) == 1:
            self._settle_on(frame, meant[0])
            return buying.purchase(self._talk, frame)
        self._memory.frame, self._memory.is_live = frame, True
        frame.offer = None
        return _once(buying.ask_which(self._talk, meant))

    def _settle_on(self, frame: PurchaseFrame, offer: Offer) -> None:
        if frame.offer != offer:
            frame.account_id = "" if not frame.account_type else frame.account_id
        frame.offer = offer

    def _in_focus(self) -> Offer | None:
        memory = self._memory
        if memory.offer is not None:
            return memory.offer
        return memory.offers[0] if len(memory.offers) == 1 else None

    def _is_new_thing(self, said: Said, meant: list[Offer]) -> bool:
        """Tell whether a message names a thing that none of the products shown is."""
        wanted = [token.word for token in said.tokens if names_a_product(read(token.said))]
        shown = Choice(" ".join(f"{o.name} {o.description}" for o in meant)).words
        return bool(wanted) and not any(Choice(word).words & shown for word in wanted)

    # --- answers ---

    def _answered(self, message: "_Message") -> Flow | None:
        """Take a message as the answer to what was asked."""
        frame = self._memory.frame
        if not message.asked_for or frame is None or not message.may_answer:
            return None
        if isinstance(frame, TransferFrame):
            return self._answer_transfer(message, frame)
        if isinstance(frame, AddFrame):
            return self._answer_addition(message, frame)
        return self._answer_purchase(message, frame)

    def _answer_transfer(self, message: "_Message", frame: TransferFrame) -> Flow | None:
        said, wanted = message.said, message.asked_for
        if "confirmation" in wanted and "yes" in message.intents:
            return transferring.transfer(self._talk, frame)
        if "account" in wanted and self._account_answered(said, frame):
            return transferring.transfer(self._talk, frame)
        if "recipient" in wanted and self._recipient_answered(message, frame):
            return transferring.transfer(self._talk, frame)
        order = read_order(said)
        if "amount" in wanted and order.amount is not None and order.is_all:
            transferring.merge(frame, order, said, self._talk)
            return transferring.transfer(self._talk, frame)
        return None

    def _recipient_answered(self, message: "_Message", frame: TransferFrame) -> bool:
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
        transferring.merge(frame, order, said, self._talk)
        return True

    def _account_answered(self, said: Said, frame: TransferFrame) -> bool:
        named = accounts_in(said)
        places = chosen(said, [Choice(a.type) for a in self._memory.accounts])
        account = self._memory.accounts[places[0]] if len(places) == 1 and not named else None
        return transferring.fill_account(frame, named[0] if named else None, account)

    def _answer_addition(self, message: "_Message", frame: AddFrame) -> Flow | None:
        said, wanted = message.said, message.asked_for
        if "account" in wanted:
            frame.account_id = account_alone(said)
            has_alias = not frame.alias and bool(read_introduction(said).relationship)
            if not frame.account_id and has_alias:
                adding.merge(frame, read_introduction(said))
            return adding.add(self._talk, frame) if frame.account_id or has_alias else None
        if message.is_about_else:
            return None
        introduced = read_introduction(said)
        if "alias" in wanted:
            frame.alias = introduced.alias or introduced.name or said.text.strip(" .!")
            frame.relationship = frame.relationship or introduced.relationship
            return adding.add(self._talk, frame)
        if frame.alias and not introduced.account_id:
            frame.name = introduced.name or introduced.alias or said.text.strip(" .!")
        elif not adding.merge(frame, introduced):
            return None
        return adding.add(self._talk, frame)

    def _answer_purchase(self, message: "_Message", frame: PurchaseFrame) -> Flow | None:
        said = message.said
        meant = buying.offers_meant(self._talk, said) if "product" in message.asked_for else []
        put = self._put_terms(frame, said)
        if meant:
            return self._buy_one_of(frame, meant)
        if "yes" in message.intents and message.asked_for != ("product",):
            frame.account_type = "credit" if "account" in message.asked_for else ""
            return buying.purchase(self._talk, frame)
        if put and frame.offer is not None:
            return buying.purchase(self._talk, frame)
        if "product" in message.asked_for and names_a_product(said):
            frame.wish = read_wish(said)
            return buying.purchase(self._talk, frame)
        return None

    # --- amendments ---

    def _amended(self, message: "_Message") -> Flow | None:
        """Take a message as a change of what is being put together, and propose it again."""
        memory, frame, said = self._memory, self._memory.frame, message.said
        if frame is None or not message.may_answer:
            return None
        is_agreed = "yes" in message.intents and not memory.is_declined
        is_meant = memory.is_live or _INSTEAD.search(said.plain) or is_agreed
        if not is_meant:
            return None
        if isinstance(frame, TransferFrame):
            return self._amend_transfer(message, frame)
        if isinstance(frame, PurchaseFrame):
            return self._amend_purchase(message, frame)
        introduced = read_introduction(said)
        is_named = bool(introduced.account_id) or " alias " in f" {said.plain} "
        if is_named and adding.merge(frame, introduced):
            return adding.add(self._talk, frame)
        return None

    def _amend_transfer(self, message: "_Message", frame: TransferFrame) -> Flow | None:
        said = message.said
        if "yes" in message.intents:
            return transferring.transfer(self._talk, frame)
        if message.is_about_else or message.mood("SEND") != "none":
            return None
        order = read_order(said)
        is_marked = re.search(r"(?<!\w)(?:a|al|ami|para|to|for) \w", said.plain) is not None
        if not is_marked:
            order = replace(order, recipient="")
        if order.source is None and order.destination is None:
            named = [account for account in accounts_in(said) if account.way == "none"]
            order = replace(order, source=named[0] if named else None)
        if not order.is_all or not transferring.merge(frame, order, said, self._talk):
            return None
        return transferring.transfer(self._talk, frame)

    def _amend_purchase(self, message: "_Message", frame: PurchaseFrame) -> Flow | None:
        said = message.said
        if "yes" in message.intents:
            return buying.purchase(self._talk, frame)
        if message.is_about_else or said.text.endswith("?") or not self._is_terse(said):
            return None
        meant = buying.offers_meant(self._talk, said)
        put = self._put_terms(frame, said)
        if meant and not (put and amounts_in(said.tokens)):
            return self._buy_one_of(frame, meant)
        return buying.purchase(self._talk, frame) if put else None

    # --- things shown ---

    def _taken(self, message: "_Message") -> Flow | None:
        """Buy the one of those shown that the person says to take, or so many of it."""
        said = message.said
        if self._memory.offers and _SO_MANY.search(said.plain) and not message.is_asking:
            return self._purchase(message)
        if not _TAKES.search(said.plain) or not self._memory.offers or message.is_asking:
            return None
        if message.mood("BUY") not in {"none", "order"}:
            return None
        meant = buying.offers_meant(self._talk, said)
        if not meant and points_at_one(said):
            offer = self._in_focus()
            meant = self._memory.offers if offer is None else [offer]
        if not meant or self._is_new_thing(said, meant):
            return None
        return self._buy_one_of(self._purchase_frame(said), meant)

    def _chosen(self, message: "_Message") -> Flow | None:
        """Speak of the one of those shown that a short message names; or buy on the terms named."""
        said, memory = message.said, self._memory
        if not memory.offers or len(said.tokens) > _MAX_FRAGMENT_WORDS or message.has_mood:
            return None
        meant = buying.offers_meant(self._talk, said)
        terms = read_terms(said)
        is_asking = message.is_asking or _FOLLOWS.search(said.plain) is not None
        offer = self._in_focus()
        is_search = "search" in message.intents and (not meant or _is_of_any(said))
        is_follow_up = not is_search and not self._names_new_product(said)
        is_order = bool(terms.benefit) and not is_asking and self._is_terse(said)
        taken = meant if len(meant) == 1 else [offer] if offer is not None else []
        if is_order and taken and is_follow_up:
            return self._buy_one_of(self._purchase_frame(said), taken)
        if len(meant) == 1 and is_follow_up:
            return buying.compare(self._talk, meant, terms.benefit)
        if len(meant) > 1 and is_follow_up and not terms.benefit:
            return _once(buying.ask_which(self._talk, meant))
        if terms.benefit and is_follow_up:
            return buying.compare(self._talk, [offer] if offer else memory.offers, terms.benefit)
        return None

    def _is_terse(self, said: Said) -> bool:
        """Tell whether a message says no more than which, how many and how to pay."""
        shown = Choice(" ".join(offer.choice.texts for offer in self._memory.offers)).words
        return all(token.word != "no" for token in said.tokens[1:]) and all(
            token.is_sign
            or token.is_number
            or token.word in _TERSE
            or Choice(token.word).words <= shown
            for token in said.tokens
        )

    def _names_new_product(self, said: Said) -> bool:
        return names_a_product(said) and self._is_new_thing(said, self._memory.offers)

    # --- questions ---

    def _questioned(self, message: "_Message") -> Flow | None:
        for intent in message.intents:
            answer = self._answers.get(intent)
            flow = answer(message) if answer is not None else None
            if flow is not None:
                return flow
        return None

    @property
    def _answers(self) -> "dict[Intent, Callable[[_Message], Flow | None]]":
        return {
            "balance": self._balance,
            "transactions": self._movements,
            "purchases": self._purchases,
            "purchase_status": self._purchase_status,
            "beneficiaries": lambda _message: banking.beneficiaries(self._talk),
            "who_is": self._who_is,
            "compare": self._compare,
            "more": self._more,
            "help": lambda _message: help_(self._talk),
            "greeting": lambda _message: self._say("hello"),
            "thanks": lambda _message: self._say("welcome"),
            "bye": lambda _message: self._say("goodbye"),
            "no": lambda _message: self._say("nothing_done"),
            "yes": self._agreed,
            "cannot": lambda _message: self._say("cannot", "not_understood"),
        }

    def _agreed(self, _message: "_Message") -> Flow:
        """Take a yes to a recommendation as interest in buying, and ask."""
        offer = self._memory.offer
        if self._memory.topic != "compare" or offer is None:
            return self._say("nothing_pending")
        frame = PurchaseFrame(offer=offer)
        return _once(self._talk.ask("ask_buy", "confirmation", frame=frame, product=offer.name))

    def _balance(self, message: "_Message") -> Flow:
        supposed = None
        if message.mood("SEND") in {"supposed", "question"}:
            amount = the_amount(message.said.tokens)
            supposed = amount.value if amount is not None and not amount.doubt else None
        return self._with_reminder(
            banking.balance(self._talk, account_type_in(message.said), supposed)
        )

    def _movements(self, message: "_Message") -> Flow | None:
        said = message.said
        if message.mood("SEND") not in {"none", "order"} and not _asks_or_lists(said):
            return None
        if message.mood("SEND") in {"others", "later"} and not message.is_asking:
            return None
        query = read_query(said, self._talk.clock())
        if _FOLLOWS.search(said.plain) and self._memory.topic == "transactions":
            query = _merged(self._memory.query, query)
        recipient = ""
        if query.type == "transfer" and message.mood("SEND") in {"past", "question"}:
            days = said.tokens_at(query.span.start, query.span.end) if query.span else ()
            recipient = read_order(said, days).recipient if query.direction != "credit" else ""
            recipient = "" if recipient.lower().startswith(("quien", "quién")) else recipient
        return self._with_reminder(banking.movements(self._talk, query, recipient))

    def _purchases(self, message: "_Message") -> Flow | None:
        if message.mood("BUY") in {"others", "supposed", "negated", "later"}:
            return None
        return banking.purchases(self._talk)

    def _purchase_status(self, message: "_Message") -> Flow:
        found = _PURCHASE_ID.search(message.said.text)
        return banking.purchase_status(self._talk, found.group() if found else "")

    def _who_is(self, message: "_Message") -> Flow | None:
        found = _WHO.search(message.said.plain)
        if found is None:
            return None
        group = next(name for name, words in found.groupdict().items() if words)
        tokens = message.said.tokens_at(*found.span(group))
        return banking.who_is(self._talk, message.said.quote(tokens.start, tokens.stop))

    def _compare(self, message: "_Message") -> Flow | None:
        said, memory = message.said, self._memory
        if message.mood("SEND") not in {"none", "order"} and not memory.offers:
            return None
        terms = read_terms(said)
        meant = buying.offers_meant(self._talk, said)
        if memory.offers and not self._names_new_product(said):
            is_for_all = re.search(
                r"(?<!\w)(?:cual|cuales|which|comparal[oa]s|todos|todas)(?!\w)", said.plain
            )
            offer = self._in_focus()
            offers = meant or ([offer] if offer is not None and not is_for_all else memory.offers)
            return buying.compare(self._talk, offers, terms.benefit, terms.quantity or 1)
        wish = read_wish(said)
        if names_a_product(said) and (wish.words or wish.category):
            return self._find_and_compare(said)
        if "search" in message.intents and (wish.words or wish.category):
            return None
        return _once(self._talk.ask("ask_product", "product"))

    def _find_and_compare(self, said: Said) -> Flow:
        wish = read_wish(said)
        wanted = replace(wish, benefit="", words=_without(wish.words, _COMPARING_WORDS))
        found = yield from buying.find(self._talk, wanted)
        listed = buying.show(self._talk, wanted, found)
        if not found.offers:
            yield listed
            return
        yield from buying.compare(self._talk, self._memory.offers, wish.benefit)

    def _more(self, _message: "_Message") -> Flow:
        if self._memory.rest and self._memory.topic in {"search", "compare"}:
            return _once(buying.more_offers(self._talk))
        return banking.more(self._talk)

    def _followed_up(self, message: "_Message") -> Flow | None:
        """Take a short message as the last question with another account, time or thing."""
        said, memory = message.said, self._memory
        is_short = len(said.tokens) <= _MAX_FRAGMENT_WORDS
        if not is_short or message.has_mood or memory.topic is None:
            return None
        if names_a_product(said) and memory.topic in {"search", "compare"}:
            return buying.search(self._talk, read_wish(said))
        type_, span = account_type_in(said), read_span(said, today(self._talk.clock()))
        if memory.topic == "balance" and type_ and span is None:
            return banking.balance(self._talk, type_)
        if memory.topic in {"balance", "transactions"} and (type_ or span):
            query = read_query(said, self._talk.clock())
            return banking.movements(self._talk, _merged(memory.query, query))
        return None

    # --- the rest ---

    def _stated(self, message: "_Message") -> Flow | None:
        """Answer what speaks of an order without giving it."""
        for act in _ACTS:
            mood = message.mood(act)
            if mood in {"none", "order"}:
                continue
            if act == "BUY" and mood in {"question", "doubtful"}:
                if "search" in message.intents or names_a_product(message.said):
                    return None
                return self._say("said_question_buy")
            if act == "SEND" and mood in {"doubtful", "question"}:
                flow = self._ask_order(message.said, mood)
                if flow is not None:
                    return flow
            return self._say(f"said_{mood}")
        return None

    def _ask_order(self, said: Said, mood: Mood) -> Flow | None:
        """Ask whether something is to be done that may or may not have been asked for."""
        order = read_order(said)
        may_be = mood == "doubtful" or re.search(
            r"(?<!\w)(?:puedo|can i|could i|may i)(?!\w)", said.plain
        )
        if not may_be or order.amount is None or order.amount.doubt or not order.says_whom:
            return None
        frame = TransferFrame()
        transferring.merge(frame, order, said, self._talk)
        if frame.is_for_several:
            return None
        who = order.recipient or self._talk.account_type(frame.to_type) or frame.to_account
        return _once(
            self._talk.ask(
                "ask_order",
                "confirmation",
                frame=frame,
                amount=money(order.amount.value),
                who=who or self._talk.text("someone"),
            )
        )

    def _searched(self, message: "_Message") -> Flow | None:
        said = message.said
        wish = read_wish(said)
        is_named = names_a_product(said) and len(said.tokens) <= _MAX_FRAGMENT_WORDS
        is_catalogue = _CATALOGUE.match(said.plain) is not None
        if "search" not in message.intents and not is_named and not is_catalogue:
            return None
        is_for_all = _CATALOGUE.search(said.plain) is not None
        if not (wish.words or wish.category or wish.is_filtered or is_for_all):
            return None
        if amounts_in(said.tokens) and not (wish.words or wish.category or wish.is_filtered):
            return None
        return buying.search(self._talk, wish)

    def _not_understood(self, said: Said) -> Flow:
        quoted = (
            said.text
            if len(said.text) <= _MAX_QUOTED_CHARACTERS
            else f"{said.text[:_MAX_QUOTED_CHARACTERS]}…"
        )
        is_number = bool(amounts_in(said.tokens)) and all(
            token.is_number or token.is_sign or token.word in {"pesos", "mil"}
            for token in said.tokens
        )
        key = "number_alone" if is_number else "not_understood"
        return self._say(key, "not_understood", said=quoted)

    def _say(self, key: str, outcome: Outcome = "answered", **fields: object) -> Flow:
        return _once(self._talk.say(key, outcome, **fields))

    def _with_reminder(self, flow: Flow) -> Flow:
        """Answer, and keep what is half done for afterwards."""
        self._memory.is_live = False
        return flow


class _Message:
    """A message, with what is found out about it when it is first needed."""

    def __init__(self, said: Said, asked_for: tuple[str, ...], guarded: bool) -> None:
        self.said = said
        self.asked_for = asked_for
        self.intents: list[Intent] = intents_of(said)
        self._guarded = guarded
        self._moods: dict[Act, Mood] = {}

    def mood(self, act: Act) -> Mood:
        """Tell how the message speaks of an act."""
        if act not in self._moods:
            self._moods[act] = mood_of(self.said, act, guarded=self._guarded)
        return self._moods[act]

    @property
    def has_mood(self) -> bool:
        """Whether it speaks of any act."""
        return any(self.mood(act) != "none" for act in _ACTS)

    @property
    def may_answer(self) -> bool:
        """Whether nothing in it speaks of an act in a way that no answer does."""
        return all(self.mood(act) in {"none", "order", "doubtful"} for act in _ACTS)

    @property
    def is_about_else(self) -> bool:
        """Whether it asks for something else than what is half done."""
        return bool(set(self.intents) - {"yes", "no", "search"}) or (
            "search" in self.intents and names_a_product(self.said)
        )

    @property
    def is_asking(self) -> bool:
        """Whether it is a question."""
        return "?" in self.said.text or "¿" in self.said.text


def _once(say: Say) -> Flow:
    yield say


def _asks_or_lists(said: Said) -> bool:
    """Tell whether a message on movements asks for them rather than tells of one."""
    is_telling = re.search(r"^(?:ya|ayer|hoy|i|yo) ", said.plain)
    is_asking = re.search(
        r"\?|^(?:[¿] )?(?:y )?(?:que|what|when) |(?<!\w)(?:cuanto|cuanta|cual|cuales|a quien|mis|"
        r"muestrame|ver|lista|dime|how much|did i|show|list|my|ultim\w+|last|movimientos|"
        r"total)(?!\w)",
        said.plain,
    )
    return is_asking is not None and is_telling is None


def _merged(before: MovementsQuery, now: MovementsQuery) -> MovementsQuery:
    """Return the query of before with whatever is said anew."""
    return replace(
        now,
        account_type=now.account_type or before.account_type,
        account_id="" if now.account_type else before.account_id,
        span=now.span or before.span,
        type=now.type or before.type,
        direction=now.direction or before.direction,
        is_sum=now.is_sum or (before.is_sum and now.limit is None),
    )


_COMPARING_WORDS: Final = word_set(
    "conviene mejor opción opcion beneficios beneficio promociones tiene tienen comparar compara "
    "best which benefits compare recomiendas recomienda sale pagar forma me"
)


def _without(words: str, left_out: frozenset[str]) -> str:
    return " ".join(word for word in words.split() if word.lower() not in left_out)


def _is_browsing(said: Said) -> bool:
    """Tell "quiero comprar una tele" from "compra la tele de 32"."""
    return (
        re.search(
            r"(?<!\w)(?:quiero|quisiera|necesito|me gustaria|deseo|busco|want|would like|need|"
            r"like|looking)(?: \w+)? "
            r"(?:comprar\w*|buy|purchase|order|get|to buy|to purchase) (?!la |el |los |las |the |"
            r"es[ae] |est[ae] |it|that|this)",
            said.plain,
        )
        is not None
    )


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
        paga pay first at over and just only
        """
    )
)
_VAGUE_VERBS: Final = ("pon", "met", "sac", "pas", "dale", "dar", "give", "move")


def _is_vague(said: Said) -> bool:
    """Tell whether the verbs of a message may speak of anything, money or not."""
    verbs = [token.word for token in said.tokens if _sends(token)]
    names_account = bool(accounts_in(said))
    if names_account or not verbs:
        return False
    return all(v.startswith(_VAGUE_VERBS) and not v.endswith(("le", "les")) for v in verbs)


def _sends(token: Token) -> bool:
    verb = verb_of(token.word, token.said)
    return verb is not None and verb.act == "SEND"


def _is_of_any(said: Said) -> bool:
    """Tell "quiero una tele" from "quiero la tele"."""
    return names_a_product(said) and any(
        token.word in {"un", "una", "unos", "unas", "an", "some", "any", "otra", "otro"}
        for token in said.tokens
    )


def _is_gibberish(words: str) -> bool:
    return not any(character.isalpha() for character in words)
