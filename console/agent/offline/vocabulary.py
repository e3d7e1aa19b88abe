"""The words of money, time and shops that this package looks for, folded: no capitals, no accents.

Tables are strings of words separated by blanks. Verbs are in `verbs`; people are the alias
resolver's business.
"""

from collections.abc import Mapping
from typing import Final

from shared.text import word_set

SHORT_FORMS: Final[Mapping[str, str]] = {
    short: full
    for full, shorts in {
        "que": "q k ke qe",
        "porque": "xq pq porq xke",
        "por": "x",
        "para": "pa pal pra",
        "de": "d",
        "cuanto": "cto qnto cuant qto knto kuanto qanto cuantoo",
        "cuenta": "cta",
        "cuentas": "ctas",
        "quiero": "kiero qiero kero qero",
        "quisiera": "kisiera",
        "tambien": "tmb tb tbn tambn",
        "porfa": "xfa porfis porfavor plis pls plz xfavor porfi",
        "hola": "ola holi holis",
        "compra": "kompra",
        "comprala": "komprala cmprala",
        "mis": "mys",
        "tele": "tv tvs teles television televisiones televisor televisores teve",
        "celular": "cel celu celulares",
        "meses": "mese mss",
        "movimientos": "movs mov movimientoz",
        "transferencia": "transf transfe",
        "transacciones": "transacs",
        "dont": "don't don’t",
        "cant": "can't can’t cannot",
        "wont": "won't won’t",
        "didnt": "didn't didn’t",
        "ill": "i'll i’ll",
        "id": "i'd i’d",
        "im": "i'm i’m",
        "whats": "what's what’s wats",
        "lets": "let's let’s",
        "ive": "i've i’ve",
        "you": "u",
        "please": "pleas pliss",
        "want": "wanna wana",
        "ahora": "aora ahorita orita horita",
        "dinero": "lana feria marmaja dinerito",
        "queda": "keda",
        "manana": "mnn",
        "saldo": "sldo",
        "favor": "fvr",
        "donde": "dnd dond",
        "nada": "nd",
        "bien": "bn",
        "hermano": "hno",
        "hermana": "hna",
        "no": "nop nel nope nah",
        "depositos": "deps",
        "retiros": "ret",
        "cheques": "chequera cheqes",
        "ahorro": "ahorros aorro ahorrito",
        "savings": "saving",
    }.items()
    for short in word_set(shorts)
}
"""What people write for a word in a hurry, and words that mean the same here."""

CURRENCY: Final = word_set(
    "pesos peso pesitos pesito varos varo baros morlacos mxn mn dinero billetes"
)
"""Pesos, said after a number."""
ONE_PESO: Final = CURRENCY - {"dinero", "billetes"}
"""Pesos, said after "un" or "una": "una lana" is no amount."""
SLANG: Final = word_set(
    "luca lucas bola bolas toston tostones ciego ciegos milanesa milanesas melon melones quina "
    "quinas palo palos gamba gambas ajolote ajolotes sorjuana juana juanas "
    "quinienton benito hidalgo hidalgos grandes verdes"
)
"""Sums that mean one thing to some and another to others, or nothing for sure: never read."""
FOREIGN_CURRENCY: Final = word_set(
    "dolar dolares usd dlls dls dollar dollars buck bucks euro euros eur libra libras pound pounds "
    "bitcoin bitcoins btc yen yenes yuan quetzales reales soles cad gbp"
)
FOREIGN_SIGNS: Final = word_set("€ £ ¥")

CHECKING: Final = "cheques debito nomina corriente checking chequing current debit principal"
SAVINGS: Final = "ahorro savings alcancia guardadito"
CREDIT: Final = "credito tarjeta tdc credit card visa mastercard"
ACCOUNT_TYPE: Final[Mapping[str, str]] = {
    **dict.fromkeys(CREDIT.split(), "credit"),
    **dict.fromkeys(CHECKING.split(), "checking"),
    **dict.fromkeys(SAVINGS.split(), "savings"),
}
"""The type of account that a word stands for; "tarjeta de débito" is read by its last word."""

MONTHS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "enero ene january jan",
            "febrero feb february",
            "marzo mar march",
            "abril abr april apr",
            "mayo may",
            "junio jun june",
            "julio jul july",
            "agosto ago august aug",
            "septiembre setiembre sep sept september",
            "octubre oct october",
            "noviembre nov november",
            "diciembre dic december dec",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "lunes monday",
            "martes tuesday",
            "miercoles wednesday",
            "jueves thursday",
            "viernes friday",
            "sabado saturday",
            "domingo sunday",
        )
    )
    for name in names.split()
}

ORDINALS: Final[Mapping[str, int]] = {
    **{
        word: number
        for number, words in enumerate(
            (
                "primero primera primer primeros primeras first 1st",
                "segundo segunda segundos segundas second 2nd",
                "tercero tercera tercer third 3rd",
                "cuarto cuarta fourth 4th",
                "quinto quinta fifth 5th",
                "sexto sexta sixth",
                "septimo septima seventh",
                "octavo octava eighth",
                "noveno novena ninth",
                "decimo decima tenth",
            ),
            start=1,
        )
        for word in words.split()
    },
    **dict.fromkeys(("ultimo", "ultima", "last"), -1),
}

CORRECTING: Final = word_set("mejor perdon digo sorry mean actually rather disculpa")
"""Words after which somebody says otherwise what they have just said."""
EXPLETIVES: Final = word_set(
    "pinche pinches maldito malditos maldita mugre mugres mugrosos carajo chingados damn freaking "
    "stupid"
)

OWING: Final = word_set("debe deben debo debia debemos owe owes owed")

PURPOSES: Final = word_set(
    "renta luz agua gas internet telefono comida cena desayuno almuerzo lunch dinner breakfast "
    "groceries despensa gasolina colegiatura inscripcion medicinas medicina "
    "consulta boletos boleto entradas regalo regalos pastel fiesta boda viaje tanda "
    "deuda prestamo mensualidad quincena uber taxi cafe cafes chelas cervezas pizza tacos "
    "mantenimiento cooperacion cooperacha predial hipoteca concierto "
    "cine netflix spotify rent food gift tickets ticket party trip utilities electricity water "
    "bill bills tuition loan debt medicine coffee drinks birthday cumpleanos aguinaldo "
    "limpieza reparacion flores peluqueria uniforme utiles libros ropa zapatos "
    "vacaciones pasajes pasaje gastos mesada propina recibo factura"
)
"""What money is sent for, after "de la", "del" or "para el"; any word may follow "por"."""

COURTESY: Final = word_set(
    "porfa please gracias thanks thank favor amable amablemente hola buenas buenos dias tardes "
    "noches hi hello hey oye oiga centli bot ok okey okay bueno pues vale sale orale va andale "
    "simon claro perfecto listo excelente genial cool great fine alright rapido urgente rapidito "
    "ahora hoy now today nomas solo solamente just then entonces luego-luego tambien "
    "also mejor quick quickly ya again ay uy ups oops joven senorita senor senora"
)

COUNTED: Final = word_set(
    "meses mes msi mensualidades mensualidad pulgadas pulgada pulg inch inches gb tb kg "
    "kilo kilos gramos g ml litros litro l pies cm mm piezas pieza unidades unidad pzas pza pz "
    "dias "
    "dia semanas semana anos ano months month weeks week days day years year movimientos "
    "movimiento "
    "transacciones transactions transaction movements compras purchases depositos deposits retiros "
    "withdrawals transferencias transfers gastos expenses pagos payments horas hora hours hour hrs "
    "h am pm minutos minutes puntos points veces times items pieces tallas megapixeles watts "
    "hp velocidades tabletas installments installment instalments instalment megas personas people "
    "quincenas boletos entradas tickets ultimos ultimas"
)
"""Words after a number which is then no amount of money."""

HEDGES_BEFORE: Final = word_set(
    "unos unas como aproximadamente aprox alrededor casi cerca about around roughly approximately "
    "approx maximo minimo hasta menos mas almost nearly some maybe quiza quizas creo over under "
    "tipo digamos apenas"
)
HEDGES_AFTER: Final = word_set(
    "aproximadamente aprox ish pico tantos fraccion cacho algo so roughly"
)
UNSTATED: Final = word_set(
    "todo toda mitad doble triple sobrante restante everything all half rest remaining "
    "hundred hundreds thousands cientos miles couple"
)
"""Words in the place of an amount that nobody can read off the sentence."""

CATEGORY_OF: Final[Mapping[str, str]] = {
    word: category
    for category, words in {
        "electronics": "electronica electronicos tecnologia electronics tele laptop celular iphone "
        "audifonos bocina computadora tablet camara monitor phone headphones speaker gadgets",
        "clothing": "ropa moda clothing clothes tenis chamarra guayabera zapatos playera camisa "
        "pantalon vestido sneakers jacket",
        "food": "comida alimentos abarrotes food groceries",
        "home": "hogar casa home muebles electrodomesticos furniture lavadora microondas estufa "
        "horno sofa",
        "beauty": "belleza cosmeticos beauty maquillaje makeup",
        "sports": "deportes deporte sports deportivo",
        "toys": "juguetes juguete toys toy",
        "books": "libros libro books book lectura",
        "health": "salud farmacia health",
        "travel": "viajes viaje turismo travel trip vacaciones vacations",
    }.items()
    for word in words.split()
}
"""The category to look through when a thing was not found by its words."""

CATEGORY_NAMES: Final = word_set(
    "electronica electronicos tecnologia electronics ropa moda clothing clothes comida alimentos "
    "abarrotes food groceries hogar home belleza cosmeticos beauty deportes sports juguetes toys "
    "libros books salud health viajes turismo travel"
)
"""Words that mean a whole category when they are all that is asked for."""

SPANISH_NOUN: Final[Mapping[str, str]] = {
    english: spanish
    for spanish, words in {
        "tele": "television pantalla",
        "audífonos": "headphones headphone earphones earphone earbuds earbud headset cascos",
        "celular": "phone cellphone movil fon fone",
        "bocina": "speaker altavoz bafle parlante bocinita",
        "laptop": "lap compu computadora computer notebook ordenador",
        "refrigerador": "fridge refrigerator nevera",
        "licuadora": "blender",
        "bicicleta": "bike bicycle",
        "balón": "ball football pelota",
        "mancuernas": "weights dumbbells dumbbell pesas",
        "tenis": "sneakers sneaker shoes shoe trainers zapatillas",
        "chamarra": "jacket chaqueta",
        "rebozo": "shawl chal",
        "café": "coffee cafecito",
        "miel": "honey",
        "despensa": "groceries",
        "tequila": "tequila tequilas",
        "vajilla": "platos plates plate dishes tableware crockery dinnerware",
        "sala": "couch sofa sillon sectional",
        "cobija": "blanket cobertor frazada colcha",
        "crema": "cream moisturizer",
        "perfume": "perfume perfumes fragrance locion cologne",
        "secadora": "dryer hairdryer",
        "jabón": "soap soaps jabones jaboncito",
        "tapete": "mat colchoneta",
        "consola": "console videojuegos videogame videogames",
        "muñeca": "doll munequita",
        "recetario": "cookbook recipes",
        "baumanómetro": "tensiometer",
        "vitamina": "vitamins vitamin",
        "termómetro": "thermometer",
        "silla de ruedas": "wheelchair",
        "rompecabezas": "puzzle puzzles jigsaw",
        "excursión": "tour tours",
        "camisa": "shirt",
        "libros": "textbooks textbook",
        "mole": "molito",
        "maleta": "suitcase luggage valija velis veliz petaca carry-on",
        "tren": "train",
    }.items()
    for english in word_set(words)
}
"""What the shops call a thing that people name otherwise."""

PRODUCTS: Final = word_set(
    "tele televisor laptop celular telefono smartphone audifonos bocina guayabera tenis "
    "chamarra rebozo cafe mole despensa miel refrigerador refri vajilla licuadora sala cobija "
    "crema secadora jabon bicicleta bici balon mancuernas tapete yoga loteria alebrije "
    "consola muneca recetario libro libros book books baumanometro vitamina vitaminas "
    "termometro silla maleta viaje tren tour juguetes juguete toys ropa electronica "
    "electrodomesticos muebles deportes belleza comida salud viajes hogar abarrotes tablet "
    "camara impresora monitor reloj watch microondas lavadora estufa horno colchon zapatos "
    "playera regalo regalos gift gifts pantalon vestido camisa mochila lentes carriola "
    "cafetera iphone plancha aspiradora ventilador laptops bocinas"
) | frozenset(SPANISH_NOUN)
"""Things that people buy: alone, such a word asks for a search."""

SPANISH_FOR: Final[Mapping[str, str]] = {
    **SPANISH_NOUN,
    "cell": "celular",
    "soccer": "futbol",
    "inches": "pulgadas",
    "inch": "pulgadas",
    "running": "correr",
    "mountain": "montaña",
    "wireless": "bluetooth",
    "inalambricos": "bluetooth",
    "games": "consola",
    "presion": "baumanómetro",
    "pressure": "baumanómetro",
    "wheel": "silla de ruedas",
    "chair": "silla",
    "board": "lotería",
    "monarch": "monarca",
    "butterfly": "mariposa",
    "butterflies": "mariposa",
}
"""What the shops call a thing or what it is like."""

GENERIC: Final = word_set(
    "rojo roja azul negro negra blanco blanca verde amarillo amarilla rosa morado morada gris "
    "grande chico chica mediano mediana mini gigante digital portatil clasico clasica mexicano "
    "mexicana artesanal natural completo completa doble red blue black white green yellow pink "
    "purple gray big small large medium tiny mexican classic portable bottle botella caja box "
    "pack paquete bolsa bag par pair juego set kit kilo size color mujer hombre nino nina woman "
    "man "
    "kid boy girl"
)
"""Words that many things answer to: none of them is looked for by itself."""

FOREIGN: Final = word_set(
    "meu minha meus irmao irma mae pai voce nao preciso obrigado obrigada quanto conta dinheiro "
    "je mon frere soeur mere veux voudrais combien argent envoie envoyez "
    "virement merci bonjour sil vous plait est ich mein meine meinem bruder schwester mutter "
    "bitte uberweise uberweisen geld wieviel habe auf dem konto und der die das fratello "
    "sorella soldi invia ciao grazie vorrei trasferisci "
    "transferez transferer envoyer compte reais quero "
    "kontostand kaufen acheter comprare achte faire une solde avez quel"
)
"""Everyday words of other languages that neither Spanish nor English has."""

LOOKED_FOR: Final = (
    word_set(
        "transferencia transferencias deposito depositos retiro retiros movimientos movimiento "
        "transacciones transaccion historial saldo saldos cuenta cuentas cuanto cuantos tengo "
        "queda "
        "disponible beneficiario beneficiarios contactos quiero quisiera necesito muestrame "
        "ensename "
        "busco buscame gaste gastos gastado ingresos compras pedidos conviene beneficios "
        "mensualidades intereses barata barato segunda primera tercera cancela olvidalo ayuda "
        "puedes concepto ahorro cheques credito tarjeta debito nomina siguiente pesos "
        "balance transactions statement spent purchases beneficiaries installments cheapest "
        "recent history available savings checking account second first third between "
        "octubre noviembre diciembre septiembre agosto semana pasada pasado centavos "
        " depositaron"
    )
    | PRODUCTS
)
"""Words into which a mistyped one may be put right. No number is among them."""

KNOWN_WORDS: Final = (
    word_set(
        "cuando cuanta comparalas comparalos comparala comparalo comparame comparar compara "
        "comparas compare comparacion ordenalas ordenalos ordenar prestamo prestamos moles "
        "tienda tiendas tienes tiene tienen ahorre ahora aunque entre sobre cuenten gusto gasto "
        "puede pueden podria podrias quede quedo quedan barrio casas cosas mesas meses menos nunca "
        "gastar gastan gastas gasta saldar saldado busca buscas buscar busque compre comprado "
        "pesas "
        "retira retirar retire retirado retirada salgo mucho mucha segundos primeros terceros "
        "segundo primero tercero barato baratos baratas ayudar ayudas ayudame counts amount "
        "recents seconds savior historia cuantas cuanta cancelar cancele conviniera balances "
        "where there their these those would could should which while other brother mother "
        "carta cartas caro cara queso casero casera venta ventas renta rentas hermano hermana "
        "cocina mensual concierto pasar pasas pelo pelos perro perros pasta "
        "veintes treintas deposita deposite acredita cuentos cuento siguen seguir contado "
        "lunch thirds accounts counting recipient beneficial spend spends bueno buena "
        "saludos saludo saludar salados helados "
        "libro libre libres libras salas salud salida telas tela celo balon balones vallas boxers "
        "movil moviles moviendo statements statements installed checkings"
    )
    | COURTESY
    | COUNTED
    | PURPOSES
    | UNSTATED
    | HEDGES_BEFORE
    | HEDGES_AFTER
    | FOREIGN_CURRENCY
    | FOREIGN
    | MONTHS.keys()
    | WEEKDAYS.keys()
    | ORDINALS.keys()
)
"""Words that are themselves, however near they are to one that is looked for."""
