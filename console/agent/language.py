"""Which language a person writes in: Spanish, English, or another."""

from typing import Final, Literal

from action_groups.crm.aliases.folding import tokens_of

Language = Literal["es", "en"]
DEFAULT: Final[Language] = "es"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPANISH: Final = _words(
    "a ahora al algo alguna ando aqui asi ayer ayuda bien buenas buenos busco cada cancela "
    "cancelar cheques como compra comprala compralo comprar con confirmo credito cual cuales "
    "cuando cuanta cuanto cuantos cuenta cuentas dame de del depositos deseo dime dinero donde "
    "dos el ella en ensename es esa ese eso esta este esto estoy fue gastado gaste gastos "
    "gracias gusta hace hacer hay hermana hermano hola hoy la las le les lista listo lo los "
    "mama manda mandale mas me mejor menos mes meses mi mil mis movimientos muestra muestrame "
    "muy nada necesito no nos o otra otro paga pagar pago papa para pasa pasale peso pesos por "
    "porfa porfavor primera primero puedes puedo que queda quedo quien quiere quiero quisiera "
    "saldo saldos se segunda segundo semana ser si sin sobre solo son soy su sus tambien "
    "tarjeta te tele tengo tiene tienen tienes todas todos traigo transferencia transferir "
    "transfiere tu tus ultima ultimas ultimo ultimos un una uno va vale varos ver vez y ya yo"
)
_ENGLISH: Final = _words(
    "about account accounts add afford all am an and any are at available balance balances been "
    "buy can cancel card cheap cheaper cheapest checking compare could do does dollars find "
    "first for from get give go have he hello help hey hi history how i in installments instead "
    "is it last left less like list look make me money month months more most much my need next "
    "of off on one ones or order pay payment payments please price purchase purchases recent "
    "savings say second see send sent she should show some statement sure tell than thank "
    "thanks that the them there this to today transactions transfer tv under was week were what "
    "when which who will with would yes yesterday you your"
)


def language_of(text: str) -> Language | None:
    """Return the language whose everyday words the text has more of; None when it shows neither."""
    words = tokens_of(text)
    spanish = sum(word in _SPANISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    if spanish == english:
        return None
    return "es" if spanish > english else "en"
