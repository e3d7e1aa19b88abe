"""Reading a yes or a no: only a message that says nothing else is one."""

from typing import Final

from action_groups.crm.aliases.folding import tokens_of
from console.agent.events import Decision


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES: Final = _words(
    "si sip simon confirmo confirma confirmar confirmado acepto aceptar adelante dale hazlo hagalo "
    "claro va vale ok okay oki okey sale orale correcto exacto procede proceda autorizo mandalo "
    "enviala envialo yes yep yeah yup sure confirm confirmed absolutely proceed correct exactly"
)
_YES_PHRASES: Final = frozenset(
    {
        *("de acuerdo", "esta bien", "por supuesto", "desde luego", "asi es", "go ahead"),
        *("do it", "of course", "sounds good", "that s right", "thats right", "please do"),
    }
)
_NO: Final = _words(
    "no nop nope nel nah cancela cancelalo cancelala cancelar cancelo cancele olvidalo dejalo "
    "detente espera alto rechazo rechazar nunca cancel stop nevermind never abort deny decline wait"
)
_NO_PHRASES: Final = frozenset(
    {
        *("mejor no", "ya no", "para nada", "asi no", "no gracias", "never mind", "forget it"),
        *("do not", "don t", "dont", "don t do it", "dont do it", "no way", "todavia no"),
    }
)
_POLITE: Final = _words(
    "por favor porfa porfis porfavor gracias please thanks thank you todo eso esta bien ya lo la "
    "pues que it that muy amable"
)


def read_decision(text: str) -> Decision | None:
    """Return the decision that a message is, or None when it says anything else or both."""
    words = [word for word in tokens_of(text) if word not in {",", ";"}]
    spoken = " ".join(words)
    if not words:
        return None
    if spoken in _NO_PHRASES or _only(words, _NO):
        return "DENY"
    if spoken in _YES_PHRASES or _only(words, _YES):
        return "CONFIRM"
    for phrases, decision in ((_NO_PHRASES, "DENY"), (_YES_PHRASES, "CONFIRM")):
        core = _YES if decision == "CONFIRM" else _NO
        for phrase in phrases:
            rest = f" {spoken} ".replace(f" {phrase} ", " ").split()
            if len(rest) < len(words) and all(w in core or w in _POLITE for w in rest):
                return "DENY" if decision == "DENY" else "CONFIRM"
    return None


def _only(words: list[str], core: frozenset[str]) -> bool:
    """Tell whether the words are core words with nothing but courtesy around them."""
    return any(word in core for word in words) and all(
        word in core or word in _POLITE for word in words
    )
