"""What a message that orders nothing is about."""

import re
from functools import cache
from typing import Final, Literal

from console.agent.offline.numbers import SMALL
from console.agent.offline.text import Said
from console.agent.offline.vocabulary import COURTESY

Intent = Literal[
    "balance",
    "transactions",
    "purchases",
    "purchase_status",
    "beneficiaries",
    "who_is",
    "compare",
    "search",
    "more",
    "cancel",
    "help",
    "yes",
    "no",
    "greeting",
    "thanks",
    "cannot",
    "bye",
]

_SOFTLY: Final = r"(?:porfa|por favor|please|gracias|thanks|ya|mejor|asi|[,.!?])"
_BUYING: Final = r"(?:compra|pedido|orden|order|purchase)"
_SENDING: Final = (
    r"(?:transferir|mandar|depositar|pagar|enviar|pasar|mandarle|transferirle|depositarle|"
    r"pagarle|enviarle|pasarle)"
)
_PIECES: Final = (
    rf"(?:las |los |the )?(?:[0-9]{{1,2}}|{'|'.join(SMALL)})"
    r"(?: piezas?| de (?:ell[ao]s|es[ao]s)| of (?:them|those))?(?: ?[?.!])*$"
)
_PAST: Final = r"(?:transferi|mande|deposite|pague|envie|pase|abone)"

_PATTERNS: Final[tuple[tuple[Intent, tuple[str, ...]], ...]] = (
    (
        "purchase_status",
        (
            (
                rf"(?:quedo|llego|paso|salio|se hizo|se proceso|se completo|se pago|"
                rf"confirmaron|entro|"
                rf"viene) (?:ya )?(?:mi|la|el|esa) {_BUYING}"
            ),
            (
                rf"(?:que|como) (?:paso|pasa|va|sigue|quedo|fue|hay) (?:con |de )?(?:mi|la|esa) "
                rf"(?:\w+ )?{_BUYING}"
            ),
            (
                rf"(?:estado|estatus|status|seguimiento) (?:de|of) (?:mi|la|esa|my|the) (?:\w+ "
                rf")?{_BUYING}"
            ),
            rf"(?:mi|la) (?:ultima )?{_BUYING}(?: \w+)? (?:ya|se|sigue|quedo|paso|esta|llego)",
            rf"(?:did|has|is|was) (?:my|the) (?:last )?{_BUYING}",
            rf"{_BUYING} (?:status|go through|went through)",
            rf"(?:what|how)(?: \w+){{0,3}} (?:my|the) (?:last )?{_BUYING}",
            r"^(?:[¿] )?(?:y )?ya (?:quedo|se hizo|paso|esta)(?: la compra)? ?\??$",
            rf"(?:ship|shipped|deliver\w*|send|sent) (?:me )?my (?:last )?{_BUYING}",
            rf"my (?:last )?{_BUYING} (?:done|complete\w*|confirmed)",
        ),
    ),
    (
        "purchases",
        (
            (
                r"(?:mis|todas mis|las|ultimas|historial de|lista de|ver|[0-9]+) (?:ultimas |\w+ )?"
                r"(?:compras|pedidos|ordenes)(?! con)"
            ),
            r"(?:que|lo que|cosas que) (?:he |ya |me )*(?:comprado|compre|compraste)",
            r"cuantas compras",
            r"(?:my|all|recent|last|past|list) (?:\w+ )?(?:purchases|orders)",
            r"what (?:have i|did i|i have|i) (?:bought|buy|order\w*|purchase\w*)",
            r"purchase history",
            r"^(?:compras|purchases)$",
        ),
    ),
    (
        "beneficiaries",
        (
            rf"a quien(?:es)? (?:\w+ ){{0,3}}(?:le |les )?{_SENDING}",
            r"beneficiari\w*",
            r"contactos|destinatarios|payees?",
            r"(?:mi|mis|la|ver) (?:lista de )?(?:gente|personas|contactos|agenda)",
            (
                r"(?:a quien|a quienes|quien|quienes) (?:tengo|estan|son) (?:\w+ )?"
                r"(?:registrad|guardad|dad|agregad|mis)\w*"
            ),
            r"who (?:can|could|do) i (?:send|transfer|pay|wire|have)",
            r"(?:my|saved|the) (?:contacts|people|recipients)|list of people",
        ),
    ),
    (
        "who_is",
        (
            r"^(?:[¿] )?(?:y )?(?:quien|who) (?:es|is|s|seria) (?!puede)\w+",
            r"whos \w+",
            r"cual es la cuenta de (?!mi? ?(?:ahorro|cheques|credito))\w+",
            r"(?:que|a quien) (?:tengo|tienes|traigo) como",
            r"(?:tengo|esta|tienes) (?:registrad\w|dad\w de alta|guardad\w)",
            r"(?:tengo|tienes) a \w+(?: \w+){0,3} (?:registrad\w|dad\w de alta|guardad\w)",
        ),
    ),
    (
        "compare",
        (
            r"conviene|conviniera|convendria",
            r"sale (?:mejor|mas barat[oa])",
            r"mejor (?:opcion|forma|manera|plan|precio|oferta)",
            r"recomiend\w*|recomendacion|recommend\w*",
            r"beneficios?|promocion(?:es)?|promos?|ventajas|perks|benefits?|promotions?",
            r"(?:opciones|formas|planes) de pago|payment options",
            r"compara\w*|compare|comparison|diferencia entre",
            r"cual (?:es )?(?:la |el )?mejor|which (?:one )?(?:is|should|do)",
            r"best (?:option|deal|way|one|for)|worth it",
            r"cuanto (?:\w+ ){0,4}(?:al mes|por mes|cada mes|a meses|mensual\w*|[0-9]+ meses|msi)",
            r"(?:de a cuanto|cuanto (?:serian|saldrian)) (?:las|los|cada)?",
            r"how much (?:\w+ ){0,4}(?:a|per) month|monthly payments?",
            (
                r"(?:what|how much) (?:would|will|do|does|d) (?:i|it|that|this) (?:pay|cost|be|"
                r"come to)(?: \w+){0,3} (?:a|per|each|every) month"
            ),
            (
                r"how much (?:\w+ ){0,4}(?:in|over|at|for|with) (?:\w+ )?(?:months|installments|"
                r"instalments|payments)"
            ),
            rf"^(?:[¿] )?(?:y|and|y cuanto|cuanto|what about|how about) (?:por|for) {_PIECES}",
            rf"how much (?:(?:would|is|are|will) (?:it|that|they)(?: be| cost)? )?for {_PIECES}",
            (
                r"cuanto (?:seria|serian|es|son|sale|salen|saldria|saldrian|cuesta|cuestan|"
                rf"costaria|pagaria) (?:por|si son|si llevo|si compro) {_PIECES}"
            ),
            (
                r"^(?:[¿] )?(?:(?:y|and|what about|how about) )?(?:a|en|in|over) \w+ (?:meses|"
                r"mensualidades|months|installments|instalments)(?: sin intereses)? \?$"
            ),
            r"(?:puedo|se puede|podria) (?:\w+ ){0,3}(?:a meses|msi|mensualidades|en pagos)",
            r"(?:[0-9]+ meses|msi|mensualidades|installments) .*(?:cuanto|how much)",
            r"a cuantos meses|que meses|cuantas mensualidades|how many (?:months|installments)",
            r"(?:tiene|tienen|trae|hay) (?:meses|msi|cashback|puntos|promo\w*)",
            (
                r"(?:can|could) i pay (?:\w+ ){0,3}(?:installments|monthly|months|msi)|lowest "
                r"(?:monthly "
                r")?payment"
            ),
            r"(?:cuanto|cuantos|how many|how much) (?:puntos|points|cashback)",
        ),
    ),
    (
        "transactions",
        (
            r"movimientos?|transaccion(?:es)?|historial|estado de cuenta|operaciones",
            r"transactions?|statement|activity|history",
            (
                r"gast(?:e|o|os|ado|adas?|aste|amos|aron|ando|aba|an|a)|spent|spend\w*|"
                r"expenses?|egresos?|cargos?|charges|charged|consumos?"
            ),
            (
                r"(?:me|nos) (?:han |ha |hayan )?(?:deposit|pag|lleg|cay|entr|transfir|mand|"
                r"envi|abon)\w*"
            ),
            r"depositos?|deposits?|abonos|retiros?|retire|retirado|withdraw\w*|saque",
            r"ingresos?|entradas|salidas|income|recib(?!o)\w*|received?|earned",
            r"transferencias|transfers|traspasos",
            r"en que se (?:me )?(?:fue|va|fueron)|a donde se fue|where did my money go",
            rf"cuanto (?:\w+ ){{0,2}}(?:{_PAST}|(?:he|hemos|llevo) \w+ad[oa]s?)",
            rf"(?:a quien|a quienes|que|cuando) (?:le )?{_PAST}",
            r"how much (?:did|have) i \w+|what did i (?:pay|send|transfer)",
            r"(?:ya |si )?(?:me |le |les )(?:llego|llegaron|cayo|aparecio)",
            r"^(?:[¿] )?(?:y )?(?:ya )?llego(?: el dinero| la lana| bien)?(?: ?\?)?$",
            r"(?:did|has) (?:he|she|it|they|my \w+|the money) (?:get|got|receive\w*|arrive\w*)",
            r"pagos (?:que|hech\w+|realizad\w+|de)|(?:ultimos|mis|los|que) pagos|my payments",
            r"did (?:i|my|they|the) .*(?:paid|pay|deposit|transfer|send|arrive)",
            rf"(?:ya )?(?:le )?{_PAST} .*\?",
        ),
    ),
    (
        "balance",
        (
            r"saldos?|balances?",
            (
                r"(?:cuanto|cuanta|cuantos)(?: \w+){0,3}? (?:tengo|queda|quedan|quedo|quedaria|hay|"
                r"traigo|sobra|sobran|sobro|quedaba|dispongo|debo|resta|tenemos|ando|junte|"
                r"ahorrado|tendre|tendria)"
            ),
            r"cuanto (?:\w+ ){0,2}(?:tiene|hay en) mi (?:cuenta|tarjeta|ahorro)",
            r"cuanto (?:me |nos )?falta\w* (?:por |para )?(?:pagar|liquidar)",
            r"cuanto puedo (?:gastar|sacar|usar|retirar)",
            (
                r"(?:how much|what) (?:\w+ ){0,3}(?:do i have|have i|i have|is left|left|remains|"
                r"do i owe|i owe|can i spend|available|got|in my)"
            ),
            r"how much (?:is )?(?:in|on)|(?:whats|what is|what s) (?:left|in my)",
            r"my (?:money|accounts?)(?: balance)?$|show (?:me )?my (?:accounts|money)",
            r"^(?:ver )?(?:mi|mis|la|las) (?:cuentas?|dinero|tarjetas?)(?: de \w+)?$|mis cuentas",
            (
                r"(?:limite|limit|linea) (?:de )?(?:mi |la |my )?(?:credito|credit|tarjeta)|credit "
                r"(?:limit|left)"
            ),
            r"disponible|available",
            r"(?:me )?alcanza|can i afford|do i have (?:enough|money)",
            (
                r"(?:ver|muestrame|ensename|checar|checa|consultar|consulta|revisar|revisa|"
                r"dime|dame) "
                r"(?:\w+ )?(?:mi|mis|la|el) (?:cuentas?|dinero|tarjeta|ahorro)"
            ),
            r"(?:como|que tal) (?:ando|estoy|voy|andamos) (?:de|con) (?:\w+ )?dinero",
            r"any money left|(?:card|tarjeta) debt|deuda de (?:mi |la )?tarjeta|how much debt",
            r"^cuanto$|tengo (?:dinero|suficiente|fondos)",
            r"cuanto (?:en|de) (?:mi |la )?(?:ahorro|cheques|tarjeta|credito|nomina)",
        ),
    ),
    ("transactions", (r"cobre|nomina|quincena|payroll|paycheck|salary|sueldo",)),
    (
        "more",
        (
            (
                r"^(?:y |ver |dame |muestrame |muestra |ensename |show |show me |give me |"
                r"hay |tienes |"
                r"quiero ver |a ver |quiero )*(?:mas|siguientes?|la siguiente(?: pagina)?|"
                r"los siguientes|"
                r"otros|otras|more|next(?: page| ones)?|keep going|continua|continue|sigue|"
                r"los que siguen|mas (?:movimientos|productos|opciones|resultados|compras|"
                r"antiguos)|"
                rf"more (?:results|transactions|products|options))(?: {_SOFTLY})*$"
            ),
        ),
    ),
    (
        "cancel",
        (
            (
                r"^(?:no )?(?:(?:mejor|ya|pues|ok|oye|porfa|por favor|bueno|sabes que|"
                r"actually|ay|,) )*"
                r"(?:cancela\w*|olvidal\w*|olvida|dejal\w*|ya no(?: quiero| la quiero| lo quiero)?|"
                r"mejor no|nada|ninguno|ninguna|cancel|forget (?:it|about it|that)|never ?mind|"
                r"nevermind|stop|no quiero(?: nada)?|dejemoslo|asi dejalo|para|alto|none|abort\w*)"
                r"(?: (?:todo|eso|nada|esto|la transferencia|la compra|el envio|mas|it|that|"
                r"everything|"
                rf"the transfer|the purchase|{_SOFTLY}))*$"
            ),
            (
                r"^(?:(?:por|porfa|favor|please|oye|hola|,) )*(?:cancel\w*|deten|anula\w*|revierte|"
                r"reversa|stop|revert|undo) (?:(?:la|el|mi|esa|ese|the|my|that) )*"
                rf"(?:transferencia|pago|envio|deposito|transfer|payment|{_BUYING})(?! card)"
            ),
        ),
    ),
    (
        "help",
        (
            (
                rf"^(?:\w+ )?(?:ayuda|ayudame|help|menu|opciones|comandos|commands)(?: me)?"
                rf"(?: {_SOFTLY})*$"
            ),
            r"que (?:\w+ )?(?:puedes|sabes|haces|puedo) (?:hacer|preguntar|pedir)",
            r"que (?:mas )?(?:sabes|puedes)(?: hacer)?|que haces|para que sirves|que servicios",
            r"en que (?:me )?(?:puedes|ayudas)|como (?:funciona|funcionas|te uso|se usa)",
            r"what (?:can|do) (?:you|i) (?:do|ask|say)|how (?:does this|do you) work",
            r"can you help me$|^me (?:puedes )?ayudas?(?: ?\?)?$",
        ),
    ),
    (
        "thanks",
        (
            (
                r"^(?:(?:ok|okey|perfecto|listo|muchas|mil|super|genial|vale|great|many|no|,) )*"
                r"(?:gracias|thanks|thank you|thx|ty|grax|te lo agradezco)(?: \w+){0,3}(?: ?[.!])*$"
            ),
        ),
    ),
    (
        "bye",
        (
            (
                r"^(?:ok |bueno )?(?:adios|bye|hasta luego|nos vemos|hasta manana|chao|goodbye|"
                r"see you)(?: \w+)?(?: ?[.!])*$"
            ),
        ),
    ),
    (
        "greeting",
        (
            (
                r"^(?:[¡!.,] )?(?:hola|buenas|buenos|buen|que tal|que onda|hi|hello|hey|"
                r"good|saludos|"
                r"oye)(?: (?:[,!.¡¿?]|dias|tardes|noches|dia|que tal|como estas|que onda|centli|"
                r"morning|afternoon|evening|there|hola|como|estas|todo|bien|buenas|buenos|"
                r"are|you|how|"
                r"muy))*(?: ?[.!?])*$"
            ),
            (
                r"^(?:[¿] )?(?:quien eres|como te llamas|eres (?:un )?(?:bot|robot|humano|persona)|"
                r"who are you|what are you|how are you|como estas|are you (?:a )?(?:bot|human))"
            ),
        ),
    ),
    (
        "yes",
        (
            (
                r"^(?:si|yes|simon|claro|va|dale|hazla|hazlo|ok|okay|okey|sale|orale|confirmo|"
                r"afirmativo|por supuesto|adelante|do it|yep|yeah|sure|sip|exacto|correcto|eso|"
                r"ese mismo|esa misma)(?:[ ,.!]+(?:si|por|favor|porfa|hazla|hazlo|ese|esa|el|ella|"
                r"adelante|please|do|it|claro|dale|va|correcto|confirmo|mandalo|mandala|es|"
                r"that|one|"
                r"a|quiero))*(?: ?[.!])*$"
            ),
        ),
    ),
    ("no", (r"^no(?:[ ,.!]+(?:gracias|thanks|thank|you|no|ese|esa|es))*(?: ?[.!])*$",)),
    (
        "cannot",
        (
            r"prestamos?|prestas|prestame|hipoteca\w*|loan|mortgage|lend me",
            r"inversion(?:es)?|invertir|cetes|invest\w*|seguros?|insurance",
            r"bloque\w*|clonaron|robaron|block my|stolen|nip|pin|contrasena|password",
            r"recarga\w*|tiempo aire|cajeros?|sucursal(?:es)?|branch|atm",
            r"aclaracion|remesa|divisas|tipo de cambio|exchange rate",
            r"(?:cerrar|abrir|close|open) (?:una |mi |my |an )?(?:cuenta|account)",
            r"clima|weather|chiste|joke|noticias|news|receta|poema|poem",
            r"(?:cancelar|devolver|regresar) (?:mi|la) (?:compra|tarjeta)|devolucion|refund",
        ),
    ),
)

_SEARCH: Final = (
    rf"^(?:(?:{'|'.join(sorted(COURTESY))}|por|si|y|a ver|[¿¡,.!]) )*(?:",
    r"me gustaria (?:ver|comprar|encontrar|una?)|",
    r"(?:quiero|quisiera|necesito|ocupo|deseo|queria|ando) [a-z]+|",
    r"busco|buscame|busca|buscar|buscando|estoy buscando|muestrame|muestra|ensename|ensena|",
    r"encuentra\w*|consigue\w*|hay|tienes|tienen|tendras|venden|vendes|manejan|ofrecen|",
    r"que \w+ (?:tienes|tienen|hay|venden|vendes|ofrecen)|que (?:tienes|hay|venden|vendes)|",
    r"me interesa\w*|ver|dame (?:opciones|unos|unas|un|una)|cotiza\w*|ofertas?|",
    r"(?:que|cuanto) (?:precio|cuesta|cuestan|vale|valen|sale)\w*|precios? (?:de|del)|",
    r"i (?:want|need|would like|am looking|m looking|d like)|im looking|id like|looking for|",
    r"show me|find|search|do you (?:have|sell)|got any|are there|is there|",
    r"what \w+ (?:do you|have you|are there)|how much (?:is|are|does)|",
    r"recomiendame (?:una|un|unos|unas)|catalogo|productos|products|browse|list)(?!\w)",
)


def intents_of(said: Said) -> list[Intent]:
    """Return what a message may be about, the surest first."""
    found = [intent for intent, pattern in _patterns() if pattern.search(said.plain)]
    if _search_pattern().search(said.plain):
        found.append("search")
    return found


@cache
def _patterns() -> tuple[tuple[Intent, re.Pattern[str]], ...]:
    return tuple(
        (intent, re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)"))
        for intent, patterns in _PATTERNS
    )


@cache
def _search_pattern() -> re.Pattern[str]:
    return re.compile("".join(_SEARCH))
