"""What a message says of somebody to add: name, alias, account and what they are."""

import re
from dataclasses import dataclass
from typing import Final

from action_groups.crm.aliases import vocabulary as people
from console.agent.offline.text import Said, Token
from console.agent.offline.verbs import verb_of
from console.agent.offline.vocabulary import COURTESY
from shared.text import word_set


@dataclass(frozen=True, slots=True)
class Introduction:
    """The parts of a beneficiary; what is not said is empty."""

    name: str = ""
    alias: str = ""
    account_id: str = ""
    relationship: str = ""


_ACCOUNT: Final = re.compile(
    r"(?:(?:con|y|su|a|en|with|is|and)? ?(?:(?:la|el|su|his|her|the|account)? ?"
    r"(?:numero de |no de )?(?:cuenta|clabe|account|tarjeta)(?: number)?(?: es| is| numero| no| "
    r"clabe)?) ?[:#.]? ?)"
    r"(?P<id>acc-[\w-]+|(?=[\w-]*[0-9])[\w-]+(?: [0-9]+)*)(?!\w)"
)
_BARE_ACCOUNT: Final = re.compile(
    r"(?<!\w)(?:con |with |en )?(?:la )?(?P<id>acc-[\w-]+|[0-9]{10,20})(?!\w)"
)
_ALIAS: Final = re.compile(
    r"(?<!\w)(?:como|de alias|con (?:el )?alias(?: de)?|alias|apodo|con (?:el )?apodo(?: de)?|le "
    r"(?:digo|"
    r"decimos|dicen)|dile|"
    r"(?:que )?se llame|as|(?:with )?(?:the )?alias|call (?:him|her|them)|nickname(?:d)?|known as|"
    r"i call (?:him|her|them)) ?[:]? ?"
    r"(?P<alias>[^,.;:]+?)(?= (?:con|y|en|with|and|cuenta|su|a)(?!\w)|[ ]?[,.;:]|$)"
)
_NAMED: Final = re.compile(
    r"(?<!\w)(?:se llama|su nombre es|el nombre es|nombre|llamad[oa]|his name is|her name is|name|"
    r"named|"
    r"is called) "
    r"?[:]? ?"
    r"(?P<name>[^,.;:]+?)(?= (?:con|y|en|with|and|cuenta|su|como|as|alias|le)(?!\w)|[ ]?[,.;:]|$)"
)
_IGNORED: Final = COURTESY | word_set("""
        alta agregame pon poner mete meter put agrega quiero necesito dar de alta da dame
        nuevo nueva beneficiario beneficiaria beneficiarios contacto contactos a al como mis
        lista puedes podrias que por favor un una una-persona un-nuevo i want would like to
        can you as new beneficiary beneficiaries payee contact contacts in list the me
        ayudas ayudame registrar poner meter y con en la cuenta su mete pon otra persona
        someone alguien gente agregues registres persona person destinatario recipient and
        no mejor perdon digo es is it with account un del para transferirle poder quisiera ocupo for
        """)


def read_introduction(said: Said) -> Introduction:
    """Return what a message says of somebody to add."""
    taken: set[int] = set()
    account = _part(said, _ACCOUNT, "id", taken) or _part(said, _BARE_ACCOUNT, "id", taken)
    name = _part(said, _NAMED, "name", taken).removeprefix("de ")
    alias = _part(said, _ALIAS, "alias", taken)
    if alias and alias.lower().split()[0] in {
        "beneficiario",
        "beneficiaria",
        "contacto",
        "beneficiary",
    }:
        alias = ""
    rest = _rest(said, taken)
    words = [said.tokens[index] for index in rest]
    called = said.quote(rest[0], rest[-1] + 1) if rest else ""
    relation = _relation(words)
    if relation and not alias:
        alias = called
        name = name or _name_after(said, rest, relation)
    elif called and not name:
        name = called
    elif called and not alias:
        alias = called
    if not relation and alias:
        relation = _relation([t for t in said.tokens if t.said.lower() in alias.lower().split()])
    return Introduction(name.strip(), alias.strip(), account.replace(" ", ""), relation)


def name_alone(said: Said) -> str:
    """Return the name that a message gives and nothing else: "no, se llama Guadalupe Pérez"."""
    words = [i for i, token in enumerate(said.tokens) if not token.is_sign]
    while words and said.tokens[words[0]].word in _BEFORE_NAMES:
        del words[0]
    named = _NAMED.search(said.plain)
    if named is not None:
        tokens = said.tokens_at(*named.span("name"))
        is_all = set(words) <= {*said.tokens_at(*named.span()), *tokens}
        return said.quote(tokens.start, tokens.stop) if is_all else ""
    is_written_as_name = bool(words) and all(said.tokens[i].said[0].isupper() for i in words)
    if not is_written_as_name or len(words) < _MIN_NAME_WORDS:
        return ""
    return said.quote(words[0], words[-1] + 1)


_BEFORE_NAMES: Final = word_set("no perdon mejor digo es era bueno sorry actually its it s")
_MIN_NAME_WORDS: Final = 2


def account_alone(said: Said) -> str:
    """Return the account that an answer to "which account?" gives."""
    found = _ACCOUNT.search(said.plain) or _BARE_ACCOUNT.search(said.plain)
    if found is not None:
        tokens = said.tokens_at(*found.span("id"))
        return said.quote(tokens.start, tokens.stop).replace(" ", "")
    digits = [token.said for token in said.tokens if token.is_number]
    if digits and len(digits) == len(said.tokens):
        return "".join(digits)
    return said.text.strip() if len(said.tokens) == 1 and said.tokens[0].said.isalnum() else ""


def _part(said: Said, pattern: re.Pattern[str], group: str, taken: set[int]) -> str:
    found = pattern.search(said.plain)
    if found is None or not taken.isdisjoint(said.tokens_at(*found.span())):
        return ""
    taken |= set(said.tokens_at(*found.span()))
    tokens = said.tokens_at(*found.span(group))
    return said.quote(tokens.start, tokens.stop).strip(" \"'«»“”")


def _rest(said: Said, taken: set[int]) -> list[int]:
    """Return the first words in a row that are neither order nor already read."""
    rest: list[int] = []
    for index, token in enumerate(said.tokens):
        is_free = index not in taken and not token.is_sign and not _is_verb(token)
        if is_free and (token.word not in _IGNORED or (rest and token.word in {"de", "del", "la"})):
            rest.append(index)
        elif rest:
            break
    while rest and said.tokens[rest[-1]].word in _IGNORED:
        rest.pop()
    return rest


def _is_verb(token: Token) -> bool:
    verb = verb_of(token.word, token.said)
    return verb is not None and verb.act == "ADD"


def _relation(words: list[Token]) -> str:
    """Return the word that says what somebody is to the customer: "tía"."""
    table = people.sense_table()
    left_out = people.HONORIFICS.keys() | {"de"}
    return next((t.said for t in words if t.word in table and t.word not in left_out), "")


def _name_after(said: Said, rest: list[int], relation: str) -> str:
    """Return the name in "mi tía Lupita"; a relation alone has none."""
    after = [i for i in rest if said.tokens[i].said != relation]
    after = [i for i in after if said.tokens[i].word not in people.ARTICLES_AND_POSSESSIVES]
    return said.quote(after[0], after[-1] + 1) if after else ""
