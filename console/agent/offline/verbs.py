"""The verbs of orders in all the forms that people write, and what each form says of the order.

The form decides whether money may be spoken of at all: "transfiérele" asks for a transfer,
"transferí" tells of one, "transfiere" may be either ("mi hermano me transfiere").
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

Act = Literal["SEND", "BUY", "ADD"]
Form = Literal["order", "bare", "usted", "polite", "infinitive", "subjunctive", "past", "other"]
"""`order`: an imperative beyond doubt. `bare`: an imperative that is also a third person's present.
`usted`: a formal imperative that is also a subjunctive or, accent missing, a past. `polite`: a
second person's present. `other`: whatever asks for nothing."""


class Verb(NamedTuple):
    """What a word is a form of."""

    act: Act
    form: Form


_PRONOUNS: Final = "le les me nos lo la los las selo sela selos selas melo mela melos melas"

_REGULAR: Final[dict[Act, str]] = {
    "SEND": "mand envi sac deposit pas ech gir abon prest regres rol traspas liquid",
    "BUY": "compr encarg",
    "ADD": "agreg registr guard",
}
"""Stems of verbs in -ar; those whose spelling changes are with the irregular ones."""

# infinitive, imperative, formal imperative, "you do", subjunctive, past forms, other forms
_IRREGULAR: Final[dict[Act, tuple[tuple[str, ...], ...]]] = {
    "SEND": (
        (
            *("transferir", "transfiere", "transfiera", "transfieres", "transfieras"),
            "transferi transferiste transfirio transferimos transfirieron transferido",
            (
                "transfiero transfieren transferia transferire transferira transferiria "
                "transfiriendo "
                "transfirieras transfirieran transfiriera transferiremos transferiras"
            ),
        ),
        (
            *("pagar", "paga", "pague", "pagas", "pagues"),
            "pagaste pagaron pagado pagamos",
            "pago pagan pagaba pagare pagara pagaria pagando pagaban",
        ),
        (
            *("devolver", "devuelve", "devuelva", "devuelves", "devuelvas"),
            "devolvi devolviste devolvio devolvieron devuelto",
            "devuelvo devuelven devolvia devolvere devolvera devolveria devolviendo",
        ),
        (
            *("poner", "pon", "ponga", "pones", "pongas"),
            "puse pusiste puso pusieron puesto",
            "pongo ponen ponia pondre pondria poniendo",
        ),
        (
            *("meter", "mete", "meta", "metes", "metas"),
            "meti metiste metio metieron metido",
            "meto meten metia metere meteria metiendo",
        ),
        (
            *("aventar", "avienta", "aviente", "avientas", "avientes"),
            "aventaste aventaron aventado",
            "aviento avientan aventaba aventare aventaria aventando",
        ),
    ),
    "BUY": (
        (
            *("pedir", "pide", "pida", "pides", "pidas"),
            "pedi pediste pidio pidieron",
            "piden pedia pedire pediria pidiendo",
        ),
    ),
    "ADD": (
        (
            *("anadir", "anade", "anada", "anades", "anadas"),
            "anadi anadiste anadio anadieron anadido",
            "anado anaden anadia anadire anadiria anadiendo",
        ),
    ),
}

_ENGLISH: Final[dict[Act, tuple[tuple[str, str, str], ...]]] = {
    # infinitive and imperative, past, other forms
    "SEND": (
        ("send", "sent", "sends sending"),
        ("transfer", "transferred transfered", "transfers transferring"),
        ("pay", "paid payed", "pays paying"),
        ("wire", "wired", "wires wiring"),
        ("give", "gave given", "gives giving"),
        ("move", "moved", "moves moving"),
        ("lend", "lent", "lends lending"),
        ("zelle venmo", "", ""),
    ),
    "BUY": (
        ("buy", "bought", "buys buying"),
        ("purchase", "purchased", "purchasing"),
        ("order", "ordered", "orders ordering"),
    ),
    "ADD": (
        ("add", "added", "adds adding"),
        ("register", "registered", "registering"),
        ("save", "saved", "saving"),
    ),
}

_REGULAR_PAST: Final = "aste aron ado ada amos"
_REGULAR_OTHER: Final = "o an aba aban are ara aran aria arias ando aras aremos emos abas"


def verb_of(word: str, said: str) -> Verb | None:
    """Return what a folded word is a form of.

    `said` is the word as written: an accent on its end makes a past of it ("mandé", "mandó").
    """
    verb = _FORMS.get(word)
    if verb is None:
        return None
    ending = said[-1:].lower()
    is_past = (verb.form == "usted" and ending == "é") or (word.endswith("o") and ending == "ó")
    return Verb(verb.act, "past") if is_past else verb


def known_forms() -> frozenset[str]:
    """Return every form, so that none of them is taken for another one misspelt."""
    return frozenset(_FORMS) | frozenset(_NO_FORMS.split())


def _regular(act: Act, stem: str) -> Iterator[tuple[str, Verb]]:
    yield from _irregular(
        act,
        (
            *(f"{stem}ar", f"{stem}a", f"{_before_e(stem)}e", f"{stem}as", f"{_before_e(stem)}es"),
            " ".join(f"{stem}{ending}" for ending in _REGULAR_PAST.split()),
            " ".join(f"{stem}{ending}" for ending in _REGULAR_OTHER.split()),
        ),
    )


def _before_e(stem: str) -> str:
    """Return a stem as it is spelled before e."""
    return f"{stem}u" if stem.endswith("g") else stem


def _irregular(act: Act, forms: tuple[str, ...]) -> Iterator[tuple[str, Verb]]:
    infinitive, imperative, formal, you, subjunctive, past, other = forms
    for word in other.split():
        yield word, Verb(act, "other")
    for word in past.split():
        yield word, Verb(act, "past")
    yield subjunctive, Verb(act, "subjunctive")
    yield formal, Verb(act, "usted")
    yield you, Verb(act, "polite")
    yield infinitive, Verb(act, "infinitive")
    yield imperative, Verb(act, "bare")
    for pronoun in _PRONOUNS.split():
        yield f"{infinitive}{pronoun}", Verb(act, "infinitive")
        yield f"{imperative}{pronoun}", Verb(act, "order")
        yield f"{formal}{pronoun}", Verb(act, "order")


def _english(act: Act, forms: tuple[str, str, str]) -> Iterator[tuple[str, Verb]]:
    base, past, other = forms
    for word in base.split():
        yield word, Verb(act, "bare")
    for word in past.split():
        yield word, Verb(act, "past")
    for word in other.split():
        yield word, Verb(act, "other")


def _all_forms() -> dict[str, Verb]:
    forms: dict[str, Verb] = {}
    for act, stems in _REGULAR.items():
        for stem in stems.split():
            forms.update(_regular(act, stem))
    for act, irregular in _IRREGULAR.items():
        for row in irregular:
            forms.update(_irregular(act, row))
    for act, english in _ENGLISH.items():
        for columns in english:
            forms.update(_english(act, columns))
    forms.update(dict.fromkeys(_OTHER_ORDERS.split(), Verb("SEND", "order")))
    forms.update(dict.fromkeys(_OTHER_BUYING.split(), Verb("BUY", "order")))
    for word in _NO_FORMS.split():
        forms.pop(word, None)
    return forms


_OTHER_ORDERS: Final = "dele deles"
_OTHER_BUYING: Final = "damela damelo damelas damelos echamela echamelo ponme llevatelo "
"apartala apartalo apartamela apartamelo"
_NO_FORMS: Final = (
    "pasada pasado pasadas pasados orden ordenes paso registro echada mandado girada prestame "
    "metas meta pidale pidales prestanos prestenme presteme pidele pideles pideme pidame "
    "pidanle pedirle pedirles guardado "
    "pedirme envio envios prestamo"
)
"""Words that are far more often something else."""

_FORMS: Final = _all_forms()
