"""Which account a message names: one's own by its type, or any by its identifier."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from action_groups.crm.aliases import vocabulary as people
from console.agent.offline.text import Said, Token
from console.agent.offline.vocabulary import ACCOUNT_TYPE, CHECKING, MONTHS
from shared.text import word_set

AccountType = Literal["checking", "savings", "credit"]
Way = Literal["from", "to", "none"]


@dataclass(frozen=True, slots=True)
class Named:
    """An account that is named: by its type or its identifier; and the tokens that name it."""

    type: str
    account_id: str
    way: Way
    tokens: range


_TYPES: Final = "|".join(sorted(ACCOUNT_TYPE, key=len, reverse=True))
_OWN: Final = (
    r"(?:(?:la|mi|mis|el|los|las|lo|my|the|una|tu|su|otra|propia) )*"
    r"(?:(?:cuenta|cuentas|tarjeta|account) )?(?:de )?(?:la |mi |el )?(?:de )?"
    rf"(?P<type>(?:{_TYPES})(?: (?:de )?(?:{_TYPES}))?)(?: account| card| bancaria)?"
)
_WAYS: Final[Mapping[str, Way]] = {
    **dict.fromkeys(
        ("desde", "usando", "from", "using", "with", "out of", "con", "cargo a", "de", "del"),
        "from",
    ),
    **dict.fromkeys(("a", "al", "hacia", "para", "en", "to", "into", "in"), "to"),
}
_NAMED: Final = re.compile(rf"(?<!\w)(?:(?P<way>{'|'.join(_WAYS)}) )?{_OWN}(?!\w)")
_OTHERS: Final = re.compile(
    rf"^ (?:de|del|of) (?!mi (?:ahorro|cuenta)|la de|hoy|ayer|est[ae]|los|el mes|la semana|"
    rf"{'|'.join((*ACCOUNT_TYPE, *MONTHS))})\w"
)
"""Whose account it is, when it is somebody else's."""
_IDENTIFIER: Final = re.compile(r"acc-[\w-]+|[0-9]{10,20}", re.IGNORECASE)
_MONEY: Final = r"(?:saldos?|balances?|cuentas?|accounts?|dinero|money|tarjetas?|cards?|ahorros?)"
_OF_OTHERS: Final = re.compile(
    rf"(?<!\w){_MONEY} (?:tiene |que tiene |bancari[ao]s? )?(?:de|del|of|tiene|has) "
    r"(?:(?:mi|mis|la|el|su|my|the|don|dona) )*(?P<who>\w+)"
    r"|(?:cuanto|how much)(?: \w+){0,2}? (?:tiene|tienen|trae|le queda|les queda|debe|gana|does|"
    r"has|"
    r"have) (?:a )?(?:(?:mi|mis|la|el|su|my|the|don|dona) )*(?P<whose>\w+)"
    r"|(?:cuanto|que) (?:\w+ )?les? debo a (?:(?:mi|mis|la|el|su|don|dona) )*(?P<creditor>\w+)"
    r"|how much (?:money )?do i owe (?:to )?(?:(?:my|the) )?(?P<lender>\w+)"
    rf"|(?<!\w)(?:my |the )?(?P<owner>\w+)['’]s (?:\w+ )?{_MONEY}"
    rf"|(?<!\w)(?P<his>his|her|their) (?:\w+ )?{_MONEY}"
)
_OTHERS_ACCOUNT: Final = re.compile(
    r"(?<!\w)(?:(?:desde|con|de|from|using|with|usando) (?:(?:la|el|the) )?(?:cuenta|account)"
    r"|(?:la |el |the )?(?:tarjeta|card|ahorros?|savings)(?: de credito| de ahorro)?) (?:de|del|"
    r"of) "
    r"(?:(?:mi|la|el|su|my|the|don|dona) )*(?P<who>\w+)"
    r"|(?<!\w)(?P<owner>\w+)['’]s (?:\w+ )?(?:card|savings)"
    r"|(?:from|using|with) (?:my )?(?P<whose>\w+)['’]s (?:\w+ )?account"
)
_PRONOUNS: Final = word_set("el ella ellos ellas usted he she they him his her their them")
_TO_WORDS: Final = word_set("a al para to into hacia")
_FROM_WORDS: Final = word_set("de desde from con using")
_NAMING_WORDS: Final = word_set("la el mi cuenta account numero number clabe my the no")


def accounts_in(said: Said) -> list[Named]:
    """Return the accounts that a message names, each once, with the way money is to go."""
    found = [_by_identifier(said, index) for index, t in enumerate(said.tokens) if is_identifier(t)]
    taken = {index for named in found for index in named.tokens}
    for match in _NAMED.finditer(said.plain):
        tokens = said.tokens_at(*match.span())
        if taken.isdisjoint(tokens) and not _OTHERS.match(said.plain[match.end() :]):
            found.append(Named(type_of(match["type"]), "", _WAYS.get(match["way"], "none"), tokens))
    return sorted(found, key=lambda named: named.tokens.start)


def account_type_in(said: Said) -> str:
    """Return the type of the only own account that is named, or nothing."""
    types = {named.type for named in accounts_in(said) if named.type}
    return types.pop() if len(types) == 1 else ""


def uses_others_account(said: Said) -> bool:
    """Tell whether money is to leave or enter what is somebody else's: "la tarjeta de Sofi"."""
    return any(
        is_somebody(said.tokens[index])
        for found in _OTHERS_ACCOUNT.finditer(said.plain)
        for index in said.tokens_at(*found.span(found.lastgroup or 0))
    )


def asks_of_others(said: Said) -> bool:
    """Tell whether what somebody else has is asked for: "el saldo de Juan", "my brother's card"."""
    for found in _OF_OTHERS.finditer(said.plain):
        who = said.tokens_at(*found.span(found.lastgroup or 0))
        if any(is_somebody(said.tokens[index]) for index in who):
            return True
    return False


def is_somebody(token: Token) -> bool:
    """Tell whether a word names somebody else than the customer."""
    word = token.word.removesuffix("'s").removesuffix("’s")
    if word in people.SELF or word in ACCOUNT_TYPE or word in MONTHS:
        return False
    return word in _PRONOUNS or word in people.all_words() or token.said[0].isupper()


def type_of(words: str) -> str:
    """Return the type of an account by what it is called: a debit card is a checking account."""
    types = [ACCOUNT_TYPE[word] for word in words.split() if word in ACCOUNT_TYPE]
    if any(word in CHECKING.split() for word in words.split()):
        return "checking"
    return types[-1] if types else ""


def is_identifier(token: Token) -> bool:
    """Tell whether a token is the identifier of an account."""
    return _IDENTIFIER.fullmatch(token.said) is not None


def _by_identifier(said: Said, index: int) -> Named:
    first = index
    while first and said.tokens[first - 1].word in _NAMING_WORDS:
        first -= 1
    before = said.tokens[first - 1].word if first else ""
    way: Way = "to" if before in _TO_WORDS else "from" if before in _FROM_WORDS else "none"
    first -= 0 if way == "none" else 1
    return Named("", said.tokens[index].said, way, range(first, index + 1))
