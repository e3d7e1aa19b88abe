"""Whether a message orders money to be moved, or speaks of it in any other way.

Only what is beyond doubt an order is one. Told, asked, denied, supposed, quoted or put off till
later, the same words move nothing.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from console.agent.offline.numbers import NUMBER_WORDS, SMALL
from console.agent.offline.text import Said, Token
from console.agent.offline.verbs import Act, verb_of
from console.agent.offline.vocabulary import COURTESY, FOREIGN, WEEKDAYS
from shared.text import word_set

Mood = Literal[
    "order",
    "none",
    "past",
    "negated",
    "question",
    "supposed",
    "others",
    "later",
    "quoted",
    "injected",
    "doubtful",
]
"""`order` asks for it; `none` does not speak of it; the others are why it is not taken as asked."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """The words of a message with the verbs of one act replaced by what form they are."""

    text: str
    has_verb: bool


_POLITE: Final = frozenset(COURTESY - {"ya", "again", "quickly"})
_OPENER: Final = (
    rf"(?:(?:{'|'.join(sorted(_POLITE))}|a ver|por|el|de|y|si|yes|yeah|yep|"
    r"can you|could you|would you|"
    r"will you|can u|me haces|haces|hazme|i need you to|i want you to|just|que tal|como estas|"
    r"no|[,.!¡¿:;?-]) )*"
)
_CLAUSE: Final = r"(?:^|[.,;:!?¡¿] |\b(?:y|and|then|entonces|luego|ahora|mejor|porfa|favor) )"
_PRONOUN: Final = r"(?:(?:me|le|les|lo|la|los|las|te|se|nos|selo|sela) )*"
_WILL: Final = (
    r"(?:quiero|quisiera|queria|necesito|ocupo|deseo|me gustaria|quiciera|me urge|urge|puedes|"
    r"podrias|podras|me puedes|me podrias|puede|podria|ayudame a|ayudame con|me ayudas a|ayudas a|"
    r"favor de|vamos a|quiero que me ayudes a|i want to|i need to|i would like to|id like to|"
    r"i d like to|i want|help me|help me to|lets|can you|could you|would you|can u|please|"
    r"(?:seria|es|sea) (?:usted |ustedes )?tan amables? de|(?:le|te) (?:pido|agradeceria)|"
    r"hagame (?:usted )?(?:el |un )?favor de|(?:me )?haces? (?:usted )?(?:el |un )?favor de|"
    r"me permites|dejame|(?:hazme|me haces|haz) (?:el|un) (?:paro|favor) de|te encargo)"
)
_NOUN: Final = (
    r"(?:transferencia|deposito|envio|pago|abono|spei|traspaso|giro|transfer|payment|deposit)"
)
_MAKE: Final = (
    r"(?:haz|hazme|hazle|hazles|haga|hagame|hagale|haces|harias|realiza|realizar|hacer|hacerle|"
    r"hacerme|manda|make|do|quiero|necesito|quisiera|ocupo|i want|i need)"
)

# what is said, and the forms that say it; ACT stands for the act, as in SEND.order
_ORDERS: Final = (
    r"(?<!\w)ACT\.order",
    rf"{_CLAUSE}{_OPENER}{_PRONOUN}ACT\.(?:bare|infinitive|polite)",
    rf"{_WILL} {_PRONOUN}ACT\.(?:infinitive|bare)",
    (
        r"(?:quiero|quisiera|necesito|ocupo|te pido|i need you to|deseo) que "
        rf"(?:(?:por favor|porfa|please|,) )*{_PRONOUN}"
        r"ACT\.(?:subjunctive|usted)"
    ),
    rf"^{_OPENER}ACT\.usted.formal",
)
_AGAIN: Final = (
    r"(?:otros|otras|another) (?:\$ )?"
    rf"(?:[0-9][0-9.,]+|(?:(?:{'|'.join(sorted(NUMBER_WORDS - SMALL.keys()))})(?!\w) ?)+)"
)
"""As much again: "otros 100". Of things, fewer are asked for."""
_PESOS: Final = r"(?:pesos|varos|mxn)"
_SEND_ORDERS: Final = (
    (
        rf"^{_OPENER}{_WILL}? ?{_PRONOUN}{_MAKE} {_PRONOUN}(?:una?|otra?|un nuevo|a|another|"
        rf"el|la)? ?"
        rf"{_NOUN}\b"
    ),
    rf"^{_OPENER}(?:una?|otra?|a)? ?{_NOUN}(?: (?:de|por|a|para|of|to|for) | ?:? (?:\$ )?[0-9])",
    rf"^{_OPENER}(?:una?|otra?)? ?(?:transferencia|transfer|traspaso|spei)(?: ?[.!])*$",
    rf"{_WILL} {_PRONOUN}(?:hacer|hacerle|realizar|make|do) (?:una?|otra?|el|la|a)? ?{_NOUN}\b",
    rf"^{_OPENER}(?:dale|dar|darle) (?:\$ )?[0-9]",
    rf"(?<!\w)(?:ayuda|ayudame|ayudas|help me) (?:con|with) (?:una?|la|a)? ?{_NOUN}\b",
    rf"^{_OPENER}{_AGAIN} (?:{_PESOS} ?)?(?:a|al|para|to|for) \w",
    rf"^{_OPENER}{_AGAIN}(?: {_PESOS})?(?: ?[.!])*$",
)
_PURCHASE_ORDERS: Final = (
    r"(?:procede|proceda|haz|hazme|realiza|confirma|termina|finaliza|hacer|proceed|go ahead)"
    r" (?:con |with )?(?:la |mi |the |my )?(?:compra|pedido|purchase|order)\b"
)
_ADD_ORDERS: Final = (
    rf"^{_OPENER}(?:{_WILL} )?{_PRONOUN}(?:da|dar|dame|darme|dale|darle|dan|des) de alta\b",
    (
        rf"^{_OPENER}(?:{_WILL} )?(?:un |una |a )?(?:nuev[oa]|new) (?:beneficiari[oa]|contacto|"
        r"beneficiary|payee|contact)\b"
    ),
    (
        rf"^{_OPENER}(?:{_WILL} )?(?:pon|poner|mete|meter|put) (?:a )?.* (?:como|as|en|"
        rf"in) (?:\w+ )?"
        r"(?:beneficiari[oa]s?|contactos?|beneficiary|beneficiaries|payee|contacts?)\b"
    ),
)
_SO_MANY: Final = rf"[0-9]{{1,2}}|{'|'.join(SMALL.keys() - {'un', 'una', 'one'})}"
_BUY_ORDERS: Final = (
    rf"^{_OPENER}{_WILL}? ?{_PURCHASE_ORDERS}",
    r"(?<!\w)(?:me|nos) (?:la|lo|las|los) llevo\b",
    r"(?<!\w)me llevo (?!bien|mal)",
    rf"^{_OPENER}(?:si )?(?:la|lo|las|los) BUY\.other(?: ya| porfa)?(?: ?[.!])*$",
    rf"^{_OPENER}(?:es[ae]|est[ae]) (?:quiero|me llevo|compro)\b",
    (
        rf"{_CLAUSE}{_OPENER}(?:si )?(?:la|lo|las|los) quiero(?: ya| porfa)?\b(?! (?:ver|comparar|"
        rf"pensar))"
    ),
    rf"^{_OPENER}(?:i ll|ill|i will|let me|i want to) (?:take|get|have) ",
    rf"^{_OPENER}(?:get|order|take) (?:me )?(?:it|that|this|the|one)\b",
    rf"^{_OPENER}(?:get|order|take|give) (?:me )?(?:{_SO_MANY}) (?!pesos|mxn|dollars)",
)

_BEFORE_NO: Final = (
    r"(?:no|nunca|jamas|tampoco|ni|sin|never|not|dont|cant|wont|cannot|without|don t|shouldnt|"
    r"didnt|isnt|wasnt|havent|nadie|ningun|ninguna|prohibido|evita|evitar|deje de|deja de|"
    r"dejar de|olvida|olvidate de|ni se te ocurra|avoid|stop)"
)
_FILLERS: Final = (
    r"(?:me|le|les|lo|la|los|las|te|se|nos|quiero|quiera|quieras|vayas|vas|voy|a|necesito|pienso|"
    r"hay|"
    r"que|want|to|need|you|ever|puedes|puedo|debes|debo|deseo|hagas|i|have|he|ha|queria|quise|ya|"
    r"vaya|ninguna|any|una|un|otra|mas|make|hacer|autorizo|am|going|gonna|planning|plan|pude|do)"
)
_NOT_TAKING: Final = (
    rf"(?<!\w){_BEFORE_NO} (?:(?:me|nos|la|lo|las|los|ya|te) )*(?:llevo|quiero|quisiera|want|take)"
    r"(?! (?:ver|saber|que))"
)
_MONTHLY: Final = (
    rf"recuerda\w*|acuerdame|avisa\w*|remind|remember to|"
    rf"manana|pasado manana|mas tarde|al rato|tomorrow|later|tonight|luego|despues|cuando|"
    rf"every|cada|when|whenever|"
    rf"todos los \w+|todas las \w+|mensualmente|semanalmente|diario|diariamente|monthly|weekly|"
    rf"daily|por [0-9]+ (?:dias|semanas|meses)|for [0-9]+ (?:days|weeks|months)|"
    rf"diarios|semanales|mensuales|por (?:dia|semana|mes)|(?:a|per) (?:day|week|month)|"
    rf"programa|programar|programame|programada|schedule|scheduled|"
    rf"(?:el|este|los|on|next|el proximo|proximo|every|para el|hasta el) (?:{'|'.join(WEEKDAYS)})|"
    rf"(?:la|el|the|next) ?(?:proxima|proximo|siguiente|next)? ?(?:semana|mes|quincena|week|month) "
    rf"(?:que viene|que entra|entrante)|"
    rf"(?:proxima|proximo|siguiente|next) (?:semana|mes|quincena|ano|week|month|year|payday)|"
    rf"en (?:una|dos|tres|[0-9]+) (?:horas?|dias?|semanas?|meses|mes|minutos)|"
    rf"in (?:an?|two|three|[0-9]+) (?:hours?|days?|weeks?|months?|minutes)|a las [0-9]+|at [0-9]+ "
    rf"?[ap]m|"
    rf"si (?:me )?(?:depositan|pagan|llega|cae)"
)
_SUPPOSED: Final = (
    r"suponiendo|supongamos|supon|suppose|supposing|imagina|imaginate|imagine|en caso de|in case|"
    r"what if|que pasa si|que pasaria|what happens|what would|tal vez|quizas?|a lo mejor|maybe|"
    r"perhaps|pensando|thinking|dudo|dudando|considerando|considering|ojala|hubiera|hubiese|"
    r"deberia|deberiamos|should i|i might|might|estaria bien|conviene|wish|puede que|ejemplo|"
    r"for example|por si|wondering|hipoteticamente|hypothetically|it would|seria bueno|iba a|"
    r"broma|bromeando|kidding|joking|"
    r"estaba por|casi le|almost|a punto de|unless|a menos que|siempre y cuando"
)
_IF: Final = (
    r"(?<!\w)(?:si|if)(?!\w)(?! ,)(?! (?:puedes|(?:la|lo) quiero|se puede|me puedes|podrias|"
    r"no es molestia|eres tan|es tan|fuera tan|me haces? (?:el |un )?favor|no le molesta|"
    r"fueras|"
    r"you can|you could|possible|porfa|por favor|gracias|transfiere|confirmo|quiero|,|ACT\.order|"
    r"ACT\.bare))"
)
_QUESTION: Final = (
    r"(?:como|cuanto|cuanta|cuantos|cuantas|cuando|donde|por que|porque|que|cual|cuales|quien|"
    r"quienes|a quien|a quienes|de quien|de que|en que|con que|se puede|se pueden|puedo|podemos|"
    r"podre|podria yo|"
    r"cobran|cobras|hay|es posible|es seguro|existe|cuesta|debo|debería|vale la pena|sabes|"
    r"how|what|when|where|why|who|which|whom|can i|could i|may i|am i|do i|do you|does|did|is|are|"
    r"was|were|"
    r"should|has|have|is there|can we|es|son|era|fue|hubo|hiciste|alguien|ya|acaso)\b"
)
_ABOUT: Final = (
    r"(?<!\w)(?:dime|explicame|explica|ensename|saber|entender|preguntar|tell me|explain|show me|"
    r"know|wonder) (?:como|cuanto|si|que|cuando|how|if|what|when|whether)(?!\w).*ACT\."
)
_OTHERS: Final = (
    r"(?<!\w)(?:me|nos|te|se) (?:lo |la |le |les |los |las )?ACT\.(?:past|other|usted|subjunctive)",
    r"\w+ (?:me|nos) (?:lo |la )?ACT\.bare",
    (
        r"(?<!\w)(?:me|nos|te|le|les) (?:va|van|iba|iban|debe|deben|tiene que|tienen que|"
        r"puede|pueden|"
        r"quiere|quieren|prometio|quedo de|quedaron de|acaba de|toca) (?:a )?\w*"
    ),
    (
        r"(?<!\w)(?:quiere|quieren|pide|piden|dice|dicen|dijo|dijeron|pidio|pidieron|necesita|"
        r"me debe|me deben|espera|ordena|ordeno|sugiere|recomienda|manda decir)(?: \w+){0,2} que"
    ),
    (
        r"(?<!\w)(?:says?|said|told|asked|asks|wants?|wanted|owes?|tells) (?!to )\w*(?: "
        r"\w+)? ?(?:me|"
        r"that|to|us)"
    ),
    (
        r"(?<!\w)(?:he|she|they|we|who|it|brother|mother|mom|dad|sister|boss|friend|wife|husband) "
        r"(?:will|is|are|was|has|have|had|just|always|usually|never|wants|needs|should|can|"
        r"could|would|"
        r"ll|gonna|ACT\.(?!order))"
    ),
    r"(?<!\w)ACT\.past",
    r"(?<!\w)(?:said|says|dijo|dice) (?:my|mi|el|la|he|she)(?!\w)",
    r"(?<!\w)(?:will|would|gonna|going to|has to|have to|had to|used to) (?:\w+ )?ACT\.bare",
)
_DUTY: Final = (
    r"(?<!\w)(?:tengo que|tendre que|tendria que|debo|hay que|me toca|toca|voy a|vas a|vamos a ver|"
    r"pienso|planeo|i have to|i must|i should|im going to|i am going to|i ll|ill|i will|gotta|"
    r"i plan to|acabo de|estoy por|ando por|a ver si) "
)
_REGARDS: Final = (
    r"ACT\.\w+ (?:\w+ ){0,2}(?:saludos?|besos?|besitos?|abrazos?|gracias|mensajes?|fotos?|recados?|"
    r"love|hugs?|regards|messages?|thanks)(?!\w)"
)
_TRIED: Final = (
    r"\( (?:\w+ ){0,3}?(?:prueba|test|testing) \)"
    r"|(?<!\w)(?:es|sea|seria|solo|nomas|nada mas|una|de|is|its|it s|just|only|a) (?:a |una |de )*"
    r"(?:prueba|test|simulacro)(?= ?(?:$|[.,:;!)-]))"
    r"|^(?:prueba|test|testing) ?[.,:;-]|[,;-] (?:prueba|test|testing)(?: ?[.!])*$"
    r"|(?<!\w)(?:estoy|ando|solo|nomas|just|only|am|m|im) (?:probando|testing)(?!\w)"
)
"""What is only being tried out."""
_INJECTED: Final = (
    r"instruccion(?:es)?|instructions?|prompt|system|jailbreak|modo (?:dios|desarrollador|admin|"
    r"dev)|"
    r"developer mode|ignora\w*|ignore|disregard|override|bypass|sin (?:pedir |pedirme |preguntar )?"
    r"confirm\w*|sin preguntar\w*|no (?:pidas|preguntes|me preguntes|me pidas) \w*|"
    r"without (?:asking|confirm\w*|confirmation)|dont ask|skip (?:the )?confirm\w*|"
    r"(?:salta|saltate|omite|omitir) \w+|eres ahora|ahora eres|you are now|act as|actua como|"
    r"pretend|finge|root|sudo|assistant|asistente dice|base64|drop table|select \*|"
    r"administrador|administrator|soy (?:el|tu) (?:dueno|creador|desarrollador|gerente|jefe del "
    r"banco)|"
    r"from now on|a partir de ahora (?:eres|vas)|regla[s]? anterior(?:es)?|olvida (?:todo|lo|tus)|"
    r"previous rules|mensaje del banco|modo prueba|test mode|ya (?:esta )?(?:confirmado|"
    r"autorizado)|"
    r"(?:already|pre) ?(?:confirmed|approved|authorized)|user_id|as (?:another )?user"
)
_MARKUP: Final = re.compile(r"[{}<>`\[\]|]|(?i:\b(?:system|assistant|user|human)\s*:)")


def is_injected(said: Said) -> bool:
    """Tell whether a message tries to be more than a customer's words."""
    return bool(_MARKUP.search(said.text) or _compiled(_INJECTED).search(said.plain))


def is_foreign(said: Said) -> bool:
    """Tell whether a message is in a language that is neither Spanish nor English."""
    letters = [c for c in said.text if c.isalpha()]
    strange = sum(ord(letter) > _LAST_LATIN_LETTER for letter in letters)
    if strange * 2 > len(letters):
        return True
    return sum(token.word in FOREIGN for token in said.tokens) >= _MIN_FOREIGN_WORDS


_LAST_LATIN_LETTER: Final = 0x24F
_MIN_FOREIGN_WORDS: Final = 2


def mood_of(said: Said, act: Act, *, guarded: bool = True) -> Mood:
    """Tell how a message speaks of an act.

    Unguarded, every order that the words may be is one: what tests compare the guards with.
    """
    tagged = _tagged(said, act)
    is_order = _is_order(tagged.text, act)
    if not (tagged.has_verb or is_order):
        return "none"
    if not guarded:
        return "order"
    reason = _reason_against(said, tagged.text, act)
    if reason != "none":
        return reason
    return "order" if is_order else "doubtful"


def _is_order(text: str, act: Act) -> bool:
    more = {"SEND": _SEND_ORDERS, "BUY": _BUY_ORDERS, "ADD": _ADD_ORDERS}.get(act, ())
    return any(_compiled(pattern.replace("ACT", act)).search(text) for pattern in (*_ORDERS, *more))


def _reason_against(said: Said, text: str, act: Act) -> Mood:
    """Return why this is no order, or "none"."""
    checks: tuple[tuple[Mood, bool], ...] = (
        ("injected", is_injected(said)),
        ("quoted", _is_quoted(said, act)),
        ("negated", _finds(rf"(?<!\w){_BEFORE_NO} (?:{_FILLERS} )*ACT\.", text, act)),
        ("negated", _finds(rf"(?<!\w){_BEFORE_NO} (?:{_FILLERS} )*{_NOUN}", text, act)),
        ("negated", _finds(r"(?:o|mejor|siempre|pero|jaja\w*|,) no(?: ?[.!])*$", text, act)),
        ("negated", act == "BUY" and _finds(_NOT_TAKING, text, act)),
        ("past", _finds(r"ACT\.past", _without_relatives(text, act), act)),
        (
            "past",
            _finds(rf"(?<!\w)(?:hice|hicimos|hizo|made|did) (?:\w+ ){{0,3}}{_NOUN}", text, act),
        ),
        ("supposed", _finds(rf"(?<!\w)(?:{_SUPPOSED})(?!\w)", text, act)),
        ("supposed", _finds(_IF, text, act)),
        ("others", any(_finds(p, _without_relatives(text, act), act) for p in _OTHERS)),
        ("later", _finds(rf"(?<!\w)(?:{_MONTHLY})(?!\w)", _without_instalments(text, act), act)),
        ("later", _finds(r"(?<!\w)cuando .*ACT\.order", text, act)),
        ("doubtful", _finds(_TRIED, text, act)),
        (
            "question",
            _finds(rf"^{_OPENER}{_QUESTION}", text, act)
            and not _finds(rf"^{_OPENER}(?:que tal|como estas|que onda)", text, act),
        ),
        ("question", _is_in_question(text, act)),
        ("question", _finds(_ABOUT, text, act)),
        (
            "doubtful",
            _finds(r"(?<!\w)(?:ayer|antier|anteayer|anoche|yesterday|ago)(?!\w)", text, act),
        ),
        ("doubtful", act == "SEND" and _finds(_REGARDS, text, act)),
        ("doubtful", _finds(rf"{_DUTY}{_PRONOUN}(?:ACT|\w+ {_NOUN})", text, act)),
        ("doubtful", _finds(r"(?<!\w)no(?!\w)", _without_leading_no(text), act)),
    )
    return next((mood for mood, applies in checks if applies), "none")


def _is_in_question(text: str, act: Act) -> bool:
    """Tell whether a bare form, such as "transfiere", stands in a question."""
    for clause in re.findall(r"[^?]*\?", text):
        question = (
            clause.rpartition("¿")[2] if "¿" in clause else re.split(r"[.;!]", clause)[-2:][-1]
        )
        if _finds(r"ACT\.(?:bare|other|usted|infinitive)", question, act):
            return not _finds(
                rf"{_WILL}|ACT\.(?:order|polite)|(?:can|could|would|will) you|puedes|podrias",
                question,
                act,
            )
    return False


def _without_instalments(text: str, act: Act) -> str:
    """Leave out "in 12 months", which is how to pay for what is bought."""
    if act != "BUY":
        return text
    return _compiled(r"(?<!\w)(?:en|in|over) \w+ (?:meses|months|mensualidades|pagos)").sub(
        "", text
    )


def _without_relatives(text: str, act: Act) -> str:
    """Leave out "que me prestó": what is said of the amount or the person."""
    relative = (
        rf"(?<=\w )(?:que|that|which) (?:i |you |he |she |they )?{_PRONOUN}ACT\.(?:past|other)"
    )
    return _compiled(relative.replace("ACT", act)).sub("", text)


def _without_leading_no(text: str) -> str:
    """Leave out a "no" that refuses nothing: at the beginning, or in "200, no, mejor 300"."""
    corrected = _compiled(rf"(?<=\w )(?:[,.] )?no (?:, )?(?={_CORRECTING} )").sub("", text)
    return _compiled(rf"^(?:{_OPENER})").sub("", corrected)


_CORRECTING: Final = r"(?:mejor|perdon|digo|espera|mas bien|mejor dicho|sorry|wait|i mean)"


def _is_quoted(said: Said, act: Act) -> bool:
    """Tell whether the verbs stand between quotation marks, or after a colon: "Sofi: manda 100"."""
    quoted = said.quoted()
    verbs = [i for i, token in enumerate(said.tokens) if _act_of(token) == act]
    if not verbs:
        return False
    before = said.tokens[: verbs[0]]
    colon = next((i for i, token in enumerate(before) if token.said == ":"), 0)
    is_cited = any(not t.is_sign and t.word not in _POLITE | _TRYING for t in before[:colon])
    return is_cited or all(index in quoted for index in verbs)


_TRYING: Final = word_set(
    "esto es una solo nomas prueba simulacro this is just only a test testing"
)
"""Before a colon, they cite nobody."""


def _tagged(said: Said, act: Act) -> Tagged:
    words = []
    has_verb = False
    for index, token in enumerate(said.tokens):
        verb = verb_of(token.word, token.said)
        if verb is None or verb.act != act or _is_noun(said, index):
            words.append("yes" if token.said.lower() == "sí" else token.word)
            continue
        has_verb = True
        is_formal = verb.form == "usted" and _is_surely_formal(said, token)
        words.append(f"{act}.{verb.form}{'.formal' if is_formal else ''}")
    return Tagged(" ".join(words), has_verb)


def _is_surely_formal(said: Said, token: Token) -> bool:
    """Tell "transfiera" and a polite "mande" from "mande" for "mandé"."""
    return token.word.endswith("a") or any(
        other.word in {"porfa", "favor", "please", "usted", "amable"} for other in said.tokens
    )


def _is_noun(said: Said, index: int) -> bool:
    """Tell whether "la compra", "mi pago", "my order" is spoken of rather than the verb.

    "Que no pase de mil" speaks of a price.
    """
    before = said.tokens[index - 1].word if index else ""
    if before in {"la", "las"} and index > 1 and said.tokens[index - 2].word in {"me", "te", "nos"}:
        return False
    if said.tokens[index].word in {"pase", "pasen", "pasa", "pasan"}:
        return before == "no" and index > 1 and said.tokens[index - 2].word == "que"
    return before in _DETERMINERS and said.tokens[index].word in _NOUNS


_DETERMINERS: Final = word_set(
    "mi mis la las una unas el un tu tus su sus esa esta ultima ultimas primera de cada alguna "
    "my the a an this that last your his her any"
)
_NOUNS: Final = word_set(
    "compra compras pago paga pasa orden order orders purchase transfer transfers transferencia "
    "gira guarda buy move paid abono presta deposito deposite"
)


def _act_of(token: Token) -> Act | None:
    verb = verb_of(token.word, token.said)
    return None if verb is None else verb.act


def _finds(pattern: str, text: str, act: Act) -> bool:
    return _compiled(pattern.replace("ACT", act)).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
