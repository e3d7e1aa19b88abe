"""Which language a person writes in: Spanish, English, or another."""

import re
from collections.abc import Sequence
from typing import Final, Literal

from action_groups.crm.aliases.vocabulary import POSSESSIVES, sense_table
from shared.text import tokens_of, word_set

Language = Literal["es", "en"]
DEFAULT: Final[Language] = "es"
_DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1{2,}")
_IDENTIFIER: Final = re.compile(r"\S*\w[-_=]\w\S*")
"""What has no language: `acc-maria-checking`, `to_account=...`."""


_SPANISH: Final = word_set(
    "a agrega ahora ahorro ahorros al alcanza algo alguien alguna amigo ando aqui asi "
    "audifonos ayer ayuda barata barato bici bien bocina buenas buenos busco cada cancela "
    "cancelar celular cheques como compra comprala compralas compralo comprar compras compu "
    "con confirmo credito cual cuales cuando cuanta cuantas cuanto cuantos cuenta cuentas "
    "cuesta dame de debo del deposita depositale depositos deseo dia dias dime dinero donde "
    "dos el ella en ensename envia enviale es esa ese eso esta este esto estoy favor fue "
    "gastado gaste gasto gastos gracias guey gusta hace hacer hay hermana hermano hija hijo hola "
    "hoy la las le les lista listo llevo lo los luego mama manana manda mandale mandar "
    "mandarle mas me mejor menos mensualidades mes meses mi mil mis movimientos muestra "
    "muestrame muy nada necesito no nos novia novio numero o otra otras otro otros paga pagar "
    "pago papa para pasa pasale pasame pesitos peso pesos por porfa porfavor precio primera "
    "primero puedes puedo que queda quedo quien quiere quiero quisiera regalo renta saldo "
    "saldos sale se segunda segundo semana ser sera seria si sin sirve sobre solo son soy su "
    "suegra sus tambien tarjeta tarjetas te tele tengo tia tienda tiene tienen tienes tio "
    "toda todas todo todos traigo transferencia transferir transfiere transfierele tu tus "
    "ultima ultimas ultimo ultimos un una uno va vale varos ver vez vieja wey y ya yo"
)
_ENGLISH: Final = word_set(
    "a me no about account accounts actually add afford afternoon again all also am an and another "
    "any are at available backpack bag balance balances been bike bills birthday blanket "
    "blender boots both bottle bought box brother buy bye camera can can't cancel card cents "
    "cheap cheaper cheapest checking checkings coffee compare cool cost costs could credit "
    "dad daughter debit debt deposit deposits did do does doing dollars don't done each "
    "earbuds evening every everything expensive father find first for fridge friend from gave "
    "get gift give go good goodbye got great groceries had have he headphones hello help her "
    "hey hi him his history how hundred husband i i'd i'll i'm id if im in installments "
    "instead interest is it it's jacket just keep landlord laptops last left less let let's "
    "lets like list look looking make many mom money month monthly months more morning most "
    "mother much my need never nevermind next nice nothing now of off on one ones only or "
    "order other our out over owe paid pay payment payments per phone please price purchase "
    "purchases really recent rent right running save savings say second see send sending sent "
    "she shipping shoes shop should show sister sneakers some something soon speaker spend "
    "spent statement suitcase sure take tell than thank thanks that that's the them there "
    "these they thing things think this those thousand to today too total towards transaction "
    "transactions transfer transferred transfers try tv under until us used using wait want "
    "was watch we week well were what what's whats when where which while who wife will with "
    "withdraw withdrawal withdrawals without works would wrong yeah year yep yes yesterday "
    "you your thx ty ur useless speak english lost stole stolen"
)


def language_of(text: str) -> Language | None:
    """Return the language whose everyday words the text has more of; None when it shows neither.

    Who is meant counts only where the rest shows neither: the bank keeps "mi hermano" as a name.
    """
    words = tokens_of(_IDENTIFIER.sub(" ", text))
    relations = sense_table()
    rest = [
        word
        for word, after in zip(words, [*words, ""][1:], strict=True)
        if word not in relations and not (word in POSSESSIVES and after in relations)
    ]
    return _language_of_words(rest) or _language_of_words(words)


def _language_of_words(words: Sequence[str]) -> Language | None:
    spanish = sum(word in _SPANISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    if spanish == english:
        return None
    return "es" if spanish > english else "en"


def undrawn(word: str) -> str:
    """Return a word whose letters are not drawn out: "porfaaaa"."""
    return _DRAWN_OUT.sub(r"\1", word)
