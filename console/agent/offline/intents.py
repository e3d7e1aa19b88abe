"""What a message that orders nothing is about."""

import re
from functools import cache
from typing import Final, Literal

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

_MONEY: Final = r"(?:dinero|pesos|saldo|money|cash|lana)"

_PATTERNS: Final[tuple[tuple[Intent, str], ...]] = (
    (
        "purchase_status",
        (
            r"(?:ya )?(?:quedo|llego|paso|salio|se hizo|se proceso|se completo|esta lista|se pago|"
            r"quedaria|"
            r"confirmaron|entro) (?:ya )?(?:mi|la|el|esa) (?:compra|pedido|orden)"
            r"|(?:que|como) (?:paso|pasa|va|sigue|quedo|fue|hay) (?:con |de )?(?:mi|la|esa) (?:\w+ "
            r")?(?:compra|pedido|orden)"
            r"|(?:estado|estatus|status|seguimiento) (?:de|of) (?:mi|la|esa|my|the) (?:\w+ "
            r")?(?:compra|pedido|orden|order|purchase)"
            r"|(?:mi|la) (?:ultima |compra |\w+ )?(?:compra|pedido) (?:ya |se |sigue |quedo |paso |"
            r"esta |llego )+"
            r"|(?:did|has|is|was) (?:my|the) (?:last )?(?:order|purchase)|(?:order|purchase) "
            r"(?:status|go through)"
            r"|(?:what|how) (?:happened|is|about|s|did).* (?:my|the) (?:order|purchase)"
            r"|ya (?:quedo|se hizo|paso|esta)(?: la compra)?\s?\??$|my (?:last )?(?:order|"
            r"purchase) "
            r"(?:done|complete\w*|confirmed)"
        ),
    ),
    (
        "purchases",
        (
            r"(?:mis|todas mis|las|ultimas|historial de|lista de|ver|\d+) (?:ultimas |\w+ "
            r")?(?:compras|pedidos|ordenes)"
            r"|(?:que|lo que|cosas que) (?:he |ya |me )*(?:comprado|compre|compraste)"
            r"|cuantas compras|(?:my|all|recent|last|past|list) (?:\w+ )?(?:purchases|orders)"
            r"|what (?:have i|did i|i have|i) (?:bought|buy|order\w*|purchase\w*)|purchase history|"
            r"^compras$|^purchases$"
        ),
    ),
    (
        "beneficiaries",
        (
            r"a quien(?:es)? (?:\w+ ){0,3}(?:puedo|podria|puede|se)? ?(?:le |les )?"
            r"(?:transferir|mandar|depositar|pagar|enviar|mandarle|transferirle|depositarle|"
            r"pagarle|"
            r"enviarle|pasar)"
            r"|beneficiari\w*|contactos|destinatarios|(?:mi|mis|la|ver) (?:lista de )?(?:gente|"
            r"personas|contactos|agenda)"
            r"|(?:a quien|quien|quienes) (?:tengo|estan|son) (?:\w+ )?(?:registrad|guardad|dad|"
            r"agregad|mis)\w*"
            r"|who (?:can|could|do) i (?:send|transfer|pay|wire|have)|payees?|my contacts|saved "
            r"(?:people|contacts)"
            r"|my (?:people|recipients)|list of recipients"
        ),
    ),
    (
        "who_is",
        (
            r"^(?:[¿] )?(?:y )?(?:quien|who) (?:es|is|s|seria) (?!puede)\w+|(?:whos|who s) "
            r"\w+|cual "
            r"es la cuenta de (?!mi? ?(?:ahorro|cheques|credito))"
            r"|(?:que|a quien) (?:tengo|tienes|traigo) como|(?:tengo|esta|tienes) (?:a |"
            r"registrado a |"
            r"dado de alta a ?)"
            r"|a nombre de quien esta|is \w+ (?:one of )?my (?:contacts|beneficiaries)"
        ),
    ),
    (
        "compare",
        (
            r"conviene|conviniera|(?:me )?sale (?:mejor|mas barato)|mejor (?:opcion|forma|"
            r"manera|plan|"
            r"precio)"
            r"|recomiend\w*|recomendacion|beneficios?|promocion(?:es)?|promos?|opciones de pago|"
            r"formas de pago"
            r"|compara\w*|compare|comparison|cual (?:es )?(?:mejor|la mejor|el mejor)|which (?:one "
            r")?(?:is |should |do )"
            r"|recommend\w*|best (?:option|deal|way|one|for)|benefits?|promotions?|payment options|"
            r"perks"
            r"|cuanto (?:\w+ ){0,3}(?:mes|meses|msi|mensualidad(?:es)?|mensual)|(?:de a )?cuanto "
            r"(?:las|la|serian|saldria)"
            r"|how much (?:\w+ ){0,4}(?:a|per) month|monthly payment|(?:puedo|se puede) (?:\w+ "
            r"){0,3}(?:a meses|msi|meses sin)"
            r"|a cuantos meses|tiene (?:meses|msi|cashback|puntos)|cuanto (?:cashback|puntos)|que "
            r"meses|worth it"
            r"|(?:cuantos|how many) (?:puntos|points)|which (?:is|one)|y a meses|y (?:a "
            r")?[0-9]+ meses"
        ),
    ),
    (
        "transactions",
        (
            r"movimientos?|transaccion(?:es)?|historial|estado de cuenta|transactions?|statement|"
            r"activity|history"
            r"|gast\w+|spent|spend\w*|expens\w*|egresos?|cargos?|charges?|consumos?"
            r"|(?:me|nos) (?:han |ha )?(?:deposit|pag|llego|llegaron|cay|entr|transfir|mand|envi|"
            r"abon)\w*"
            r"|depositos?|deposits?|retiros?|retire|retirado|withdraw\w*|saque|ingresos?|income|"
            r"recib\w*|received?|earned"
            r"|transferencias|transfers|en que se (?:me )?(?:fue|va)|(?:cobre|nomina|"
            r"quincena|payroll|"
            r"paycheck|salary|sueldo)"
            r"|cuanto (?:\w+ ){0,2}(?:transferi|mande|deposite|pague|envie|pase)|(?:a quien|que) "
            r"(?:le )?(?:transferi|mande|pague)"
            r"|how much (?:did|have) i (?:\w+)|what did i (?:pay|send|transfer)|pagos "
            r"(?:que|hechos|"
            r"realizados|de)"
            r"|ultimos pagos|mis pagos|my payments|where did my money go|cuando (?:\w+ "
            r"){0,2}(?:transferi|mande|pague|deposite)"
            r"|did (?:i|my|they|the) .*(?:paid|pay|deposit|transfer|send|arrive)|(?:ya )?(?:le "
            r")?(?:transferi|pague|deposite|mande) .*\?"
        ),
    ),
    (
        "balance",
        (
            r"saldos?|balances?|(?:que )?(?:cuanto|cuanta|cuantos)(?: \w+){0,3}? (?:tengo|queda|"
            r"quedan|quedo|quedaria|hay|traigo|sobra|sobran|"
            r"dispongo|debo|resta|tenemos|ando|puedo gastar|junte|ahorrado|llevo ahorrado|tendre|"
            r"tendria)"
            r"|(?:how much|what) (?:\w+ ){0,3}(?:do i have|have i|i have|is left|left|remains|do i "
            r"owe|i owe|can i spend|available|got|in my)"
            r"|how much (?:is )?(?:in|on)|(?:whats|what is|what s) (?:left|in my)|my (?:money|"
            r"accounts?)(?: balance)?$"
            r"|mis cuentas|(?:credito|dinero|credit|limite|limit) (?:disponible|available)|"
            r"disponible|"
            r"available credit|me alcanza|can i afford"
            r"|(?:ver|muestrame|checar|checa|consultar|consulta|revisar|dime) (?:\w+ "
            r")?(?:mi|mis|la|"
            r"el) (?:cuentas?|dinero|tarjeta|ahorro)"
            r"|cuanto (?:es lo que )?(?:tengo|me queda|debo)|^cuanto$|tengo (?:dinero|suficiente|"
            r"fondos)|do i have (?:enough|money)"
            r"|how (?:am i|much am i) (?:doing|worth)|cuanto (?:en|de) (?:mi |la "
            r")?(?:ahorro|cheques|"
            r"tarjeta|credito|nomina)"
        ),
    ),
    (
        "more",
        (
            r"^(?:y |ver |dame |muestrame |muestra |ensename |show |show me |give me |hay |tienes |"
            r"quiero ver |a ver )*"
            r"(?:mas|siguientes?|la siguiente(?: pagina)?|los siguientes|otros|otras|more|next(?: "
            r"page| ones)?|keep going|continua|"
            r"sigue|los que siguen|mas (?:movimientos|productos|opciones|resultados|compras|"
            r"antiguos)|"
            r"more (?:results|transactions|products|please))"
            r"(?: porfa| please| por favor)?(?: ?[?.!])*$"
        ),
    ),
    (
        "cancel",
        (
            r"^(?:no )?(?:,? ?(?:mejor|ya|pues|ok|oye|porfa|por favor|bueno|sabes que|actually|ay) "
            r"?,? ?)*(?:cancela\w*|olvidal\w*|olvida|"
            r"dejal\w*|ya no(?: quiero| gracias| la quiero| lo quiero)?|mejor no|nada|"
            r"ninguno|ninguna|"
            r"cancel(?: it| that)?|forget (?:it|about it|that)|"
            r"never ?mind|nevermind|stop|no quiero(?: nada)?|dejemoslo|asi dejalo|nada mas|"
            r"para|alto|"
            r"none)"
            r"(?: (?:todo|eso|nada|esto|la transferencia|la compra|el envio|asi|porfa|"
            r"gracias|please|"
            r"ya|it|that|mejor|the transfer|everything|por favor))*(?: ?[.!])*$"
        ),
    ),
    (
        "help",
        (
            r"^(?:\w+ )?(?:ayuda|ayudame|help|menu|opciones|comandos|commands)(?: me)?(?: porfa| "
            r"please| por favor)?(?: ?[?!.])*$"
            r"|que (?:\w+ )?(?:puedes|sabes|haces|puedo) (?:hacer|preguntar|pedir)|que (?:mas "
            r")?(?:sabes|puedes)|para que sirves"
            r"|en que (?:me )?(?:puedes|ayudas)|como (?:funciona|funcionas|te uso|se usa)|what can "
            r"(?:you|i) (?:do|ask|say)"
            r"|what do you do|how (?:does this|do you) work|que servicios|que haces|can you "
            r"help me$|"
            r"me (?:puedes )?ayudas?(?: ?\?)?$"
        ),
    ),
    (
        "thanks",
        (
            r"^(?:ok |okey |perfecto |listo |muchas |mil |super |genial |vale |great |many |"
            r"no )*,? "
            r"?(?:gracias|thanks|thank you|thx|ty|grax|te lo agradezco)(?: \w+){0,3}(?: ?[.!])*$"
        ),
    ),
    (
        "bye",
        (
            r"^(?:ok |bueno )?(?:adios|bye|hasta luego|nos vemos|hasta manana|chao|goodbye|see "
            r"you)(?: \w+)?(?: ?[.!])*$"
        ),
    ),
    (
        "greeting",
        (
            r"^(?:[¡!.,] )?(?:hola|buenas|buenos|buen|que tal|que onda|hi|hello|hey|good|"
            r"saludos|oye|"
            r"holi)"
            r"(?: (?:[,!.¡¿?]|dias|tardes|noches|dia|que tal|como estas|que onda|centli|morning|"
            r"afternoon|evening|there|hola|como|estas|todo|bien|buenas|buenos|are|you|how|"
            r"muy))*(?: "
            r"?[.!?])*$"
        ),
    ),
    (
        "yes",
        (
            r"^(?:si|yes|simon|claro|va|dale|hazla|hazlo|ok|okay|okey|sale|orale|confirmo|"
            r"afirmativo|"
            r"por supuesto|adelante|do it|yep|yeah|sure|sip|exacto|correcto|eso|ese mismo|"
            r"esa misma)"
            r"(?:[ ,.!]+(?:si|por|favor|porfa|hazla|hazlo|ese|esa|el|ella|adelante|please|"
            r"do|it|claro|"
            r"dale|va|correcto|confirmo|mandalo|mandala|es|that|one|a))*(?: ?[.!])*$"
        ),
    ),
    ("no", r"^no(?:[ ,.!]+(?:gracias|thanks|thank|you|no|ese|esa|es))*(?: ?[.!])*$"),
    (
        "cannot",
        (
            r"prestamo|credito hipotecario|hipoteca|inversion(?:es)?|invertir|cetes|seguros?|"
            r"bloque\w*|clonaron|robaron|nip|pin|contrasena|password|"
            r"recarga\w*|tiempo aire|cajero|sucursal|cambiar mi|aclaracion|loan|mortgage|invest\w*|"
            r"insurance|branch|atm|block my|remesa|divisas|tipo de cambio|"
            r"cerrar (?:mi )?cuenta|abrir (?:una )?cuenta|open an account|clima|weather|"
            r"chiste|joke|"
            r"futbol hoy|noticias|news|cancelar (?:mi|la) (?:compra|tarjeta)|devolucion"
        ),
    ),
)

_SEARCH: Final = re.compile(
    rf"^(?:(?:{'|'.join(sorted(COURTESY))}|por|si|y|a ver|[¿¡,.!]) )*"
    r"(?:me gustaria (?:ver |comprar |encontrar |una? )|(?:quiero|quisiera|necesito|ocupo|deseo|"
    r"queria|ando)"
    r" (?:ver |comprar |buscar |buscando |encontrar |comprarme |otra |otro |algo |unos? |unas? |"
    r"[a-z]+)"
    r"|busco|buscame|busca|buscar|buscando|estoy buscando|muestrame|muestra|ensename|ensena|"
    r"encuentra\w*|hay |tienes|tienen|tendras|venden|vendes|manejan|que \w+ (?:tienes|tienen|hay|"
    r"venden|vendes)"
    r"|que (?:tienes|hay|venden|vendes)|me interesa\w*|ver |dame (?:opciones|unos|unas|un|una)|"
    r"cotiza\w*|cuanto (?:cuesta|cuestan|vale|valen|sale)\w*"
    r"|precios? (?:de|del)|i (?:want|need|would like|am looking|m looking|d like)|im looking|id "
    r"like|looking for|show me|find|search|do you (?:have|sell)|got any|"
    r"are there|is there|what \w+ (?:do you|have you|are there)|how much (?:is|are|does)|"
    r"recomiendame (?:una|un|unos|unas)|catalogo|productos|products|browse|list)(?!\w)"
)


def intents_of(said: Said) -> list[Intent]:
    """Return what a message may be about, the surest first."""
    found: list[Intent] = [
        intent for intent, pattern in _PATTERNS if _compiled(pattern).search(said.plain)
    ]
    if _SEARCH.search(said.plain):
        found.append("search")
    return found


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
