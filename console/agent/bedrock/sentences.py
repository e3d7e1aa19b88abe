"""What a person is told of a conversation with a deployed agent, besides what the agent says."""

from collections.abc import Mapping
from typing import Final

from console.agent.language import Language

Sentence = Mapping[Language, str]

NOT_SENT: Final[Sentence] = {
    "es": "No se hizo nada de lo que confirmaste. Puedes confirmar otra vez.",
    "en": "Nothing that you confirmed was done. You can confirm again.",
}
NOT_SIGNED: Final[Sentence] = {
    "es": "No pude firmar tu confirmación, así que no se hizo nada. Puedes confirmar otra vez "
    "({reason})",
    "en": "Your confirmation could not be signed, so nothing was done. You can confirm again "
    "({reason})",
}
IN_DOUBT: Final[Sentence] = {
    "es": "El agente ya no espera tu confirmación. Puede que lo de antes sí se haya hecho: pide "
    "tus movimientos, o pide lo mismo otra vez, que no se hará dos veces.",
    "en": "The agent no longer waits for your confirmation. What you confirmed before may have "
    "been done: ask for your transactions, or for the same again, which is not done twice.",
}
GONE: Final[Sentence] = {
    "es": "El agente ya no espera tu confirmación; no se hizo nada. Vuelve a pedirlo.",
    "en": "The agent no longer waits for your confirmation; nothing was done. Please ask again.",
}
NOT_CONFIRMABLE: Final[Sentence] = {
    "es": "El agente pidió algo que aquí no se puede hacer ({wanted}): este chat solo confirma "
    "operaciones del banco. Eso no se hizo.",
    "en": "The agent asked for something that cannot be done here ({wanted}): this chat only "
    "confirms operations of the bank. That was not done.",
}
ONE_AT_A_TIME: Final[Sentence] = {
    "es": "El agente quiso exactamente lo mismo varias veces ({wanted}). Te pregunto solo una vez; "
    "si de verdad lo quieres otra vez, pídelo después.",
    "en": "The agent wanted exactly the same several times ({wanted}). I ask you only once; if "
    "you really want it again, please ask for it afterwards.",
}
NOTHING_DONE: Final[Mapping[bool, Sentence]] = {
    True: {
        "es": "Como dijiste otra cosa, ya no sigo con lo que estabas confirmando. Puede que lo de "
        "antes sí se haya hecho: pregunta qué pasó antes de repetirlo.",
        "en": "Because you said something else, I do not go on with what you were confirming. "
        "What you confirmed before may have been done: ask what happened before repeating it.",
    },
    False: {
        "es": "Como dijiste otra cosa, no se hizo nada de lo que estabas confirmando.",
        "en": "Because you said something else, nothing of what you were confirming was done.",
    },
}
"""By whether any of it was sent before and may have been done."""
STILL_ASKING: Final[Sentence] = {
    "es": "El agente sigue pidiendo lo mismo. No se hizo nada.",
    "en": "The agent keeps asking for the same. Nothing was done.",
}
EMPTY: Final[Sentence] = {
    "es": "El agente no contestó nada. Dímelo de otra manera.",
    "en": "The agent answered nothing. Please say it in another way.",
}
REFUSED: Final[Sentence] = {
    "es": "El banco no lo acepta, así que no te lo pregunto: {reason}",
    "en": "The bank does not accept it, so you are not asked: {reason}",
}
NO_TERMS: Final[Sentence] = {
    "es": "El banco no dijo las condiciones ({reason}), así que no te lo pregunto y no se hace.",
    "en": "The bank did not tell the terms ({reason}), so you are not asked and it is not done.",
}
ASK_AGAIN: Final[Sentence] = {
    "es": "Sí, hazlo con las condiciones de ahora.",
    "en": "Yes, do it with the terms as they are now.",
}
"""Said to the agent in the person's place, who said yes to terms that changed under way."""
NOT_ASKED_AGAIN: Final[Sentence] = {
    "es": "El agente ya no lo pidió, así que no se hizo. Vuelve a pedirlo.",
    "en": "The agent did not ask for it again, so it was not done. Please ask for it again.",
}
