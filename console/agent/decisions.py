"""Reading a yes or a no: only a message that says nothing else is one."""

import re
import unicodedata
from decimal import Decimal
from typing import Final

from console.agent.events import Decision
from console.agent.language import undrawn
from shared.text import PUNCTUATION, fold, tokens_of, word_set

_YES: Final = word_set(
    "si sip sipi simon afirmativo obvio andale arre jalo sobres confirmo confirma confirmar "
    "confirmado acepto aceptar "
    "adelante dale hazlo hagalo claro va vale ok okay oki okey sale orale correcto exacto "
    "procede proceda autorizo mandalo enviala envialo mandala mandaselo pasalo pasaselo "
    "transfierelo hazla yes yep yeah yup sure confirm confirmed absolutely proceed correct "
    "exactly sii"
)
_YES_PHRASES: Final = frozenset(
    {
        *("ta bien", "sale y vale", "ya estas", "sure thing", "go for it"),
        *("que si", "si ese", "si esa", "si a los dos", "si los dos", "yes to both", "yes both"),
        *("de acuerdo", "esta bien", "por supuesto", "desde luego", "asi es", "go ahead"),
        *(
            "do it",
            "send it",
            "of course",
            "sounds good",
            "that s right",
            "thats right",
            "please do",
        ),
    }
)
_SEEN: Final = word_set("ok okay oki okey vale claro correcto exacto correct exactly")
_SEEN_PHRASES: Final = frozenset({"ta bien", "esta bien", "de acuerdo", "asi es", "sounds good"})
"""What says yes, and as well only that something was read."""
_NO: Final = word_set(
    "no nop nope nel nah cancela cancelalo cancelala cancelar cancelo cancele olvidalo dejalo "
    "detente espera alto rechazo rechazar nunca cancel stop nevermind never abort deny decline wait"
)
_NO_PHRASES: Final = frozenset(
    {
        *("mejor no", "ya no", "para nada", "asi no", "no gracias", "never mind", "forget it"),
        *("do not", "don t", "dont", "don t do it", "dont do it", "no way", "todavia no"),
    }
)
_POLITE: Final = word_set(
    "por favor porfa porfis porfavor gracias please thanks thank you todo eso esta bien ya lo la "
    "pues pos que it that muy amable ahora bueno plis plz senor senora senorita wey"
)
_ALL: Final = frozenset({"todo", "everything", "all"})
"""Who denies all of it says more than no to what waits."""
_QUESTION_MARKS: Final = frozenset("¿?？؟")
_FRIENDLY: Final = frozenset("👍👌🙏✅🙂😊😘🥰😍😄😁😉🤗🙌🫶💕❤🏻🏼🏽🏾🏿")


def read_decision(text: str) -> Decision | None:
    """Return the decision that a message is, or None when it asks or says anything else."""
    words = _words_of(text)
    if not words or any(_says_more(character) for character in text):
        return None
    for decision, core, phrases in _DECISIONS:
        if _is_only(words, core, phrases):
            return None if decision == "DENY" and _ALL & set(words) else decision
    return None


def is_surely_yes(text: str) -> bool:
    """Tell whether a yes is more than an "ok", which may be said of whatever was read last."""
    return not _is_only(_words_of(text), _SEEN, _SEEN_PHRASES)


def _words_of(text: str) -> list[str]:
    return [undrawn(word) for word in tokens_of(text) if word not in PUNCTUATION]


_PLAIN_AMOUNT: Final = re.compile(r"[0-9]+[.][0-9]{2}")
_WRITTEN_AMOUNT: Final = re.compile(
    r"[$]? ?(?P<amount>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:[.][0-9]{1,2})?)"
    r"(?: ?(?:mxn|pesos?))?",
    re.IGNORECASE,
)


def repeats(text: str, wanted: str) -> bool:
    """Tell whether a message is what has to be typed back; an amount as people write it.

    A no never is, whatever has to be typed.
    """
    if read_decision(text) == "DENY":
        return False
    if not _PLAIN_AMOUNT.fullmatch(wanted):
        return fold(text) == fold(wanted)
    found = _WRITTEN_AMOUNT.fullmatch(text)
    return found is not None and Decimal(found["amount"].replace(",", "")) == Decimal(wanted)


def _says_more(character: str) -> bool:
    """Tell whether a sign asks, or means something that words do not tell, such as a cross."""
    is_sign = unicodedata.category(character)[0] == "S" and character not in _FRIENDLY
    return is_sign or character in _QUESTION_MARKS


_DECISIONS: Final[tuple[tuple[Decision, frozenset[str], frozenset[str]], ...]] = (
    ("DENY", _NO, _NO_PHRASES),
    ("CONFIRM", _YES, _YES_PHRASES),
)


def _is_only(words: list[str], core: frozenset[str], phrases: frozenset[str]) -> bool:
    """Tell whether the words are core words or one of the phrases, with only courtesy around."""
    if all(word in core or word in _POLITE for word in words):
        return any(word in core for word in words) or " ".join(words) in phrases
    spoken = f" {' '.join(words)} "
    rests = (spoken.replace(f" {phrase} ", " ") for phrase in phrases)
    return any(
        rest != spoken and all(word in core or word in _POLITE for word in rest.split())
        for rest in rests
    )
