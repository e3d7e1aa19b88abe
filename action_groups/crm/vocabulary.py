"""The words in which people in Mexico say whom they mean, folded: lower case, no accents.

Every table is one string a line, words separated by blanks. A word may stand in several lines: it
then has several meanings, and none of them is sure.
"""

from functools import cache
from typing import Final, Literal, NamedTuple

MIN_STEM_LETTERS: Final = 2


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


Gender = Literal["m", "f", ""]
"""Of the person a word is about; empty when the word does not tell."""

ARTICLES_AND_POSSESSIVES: Final = _words(
    "el la los las the mi mis my our nuestro nuestra nuestros nuestras"
)
"""Words that add nothing to whom a phrase means, wherever they stand."""

PLURAL_DETERMINERS: Final = _words("los las mis nuestros nuestras")

LEADING_PREPOSITIONS: Final = _words("a al ala para pa to for hacia")
"""Words that add nothing at the beginning of a phrase; elsewhere "A" may be an initial."""

COURTESIES: Final = _words("porfa porfis porfavor please plis gracias")

PARTICLES: Final = _words("de del of")
"""What follows says whose, or from where."""

SEPARATORS: Final = _words("y e o u ni and or & + , ; /")
"""What stands between two people."""

HEDGES: Final = _words(
    # negations
    "no nunca jamas tampoco excepto menos salvo sin not except without never nope "
    # everybody, or nobody in particular
    "todos todas todo toda ambos ambas cada nadie alguien alguno alguna algun ninguno ninguna "
    "all both everybody everyone nobody someone somebody anyone any some every each "
    "cualquier cualquiera un una unos unas a an otro otra otros otras another other quien "
    # the rest of a whole sentence
    "pesos peso varos "
    # somebody else's, or no longer one's own
    "su sus tu tus vuestro his her their your its ajeno"
)
"""Words after which the rest of a phrase does not tell for sure who is meant."""

ABBREVIATIONS: Final = {
    "dr": "doctor",
    "dra": "doctora",
    "sr": "senor",
    "sra": "senora",
    "srita": "senorita",
    "srta": "senorita",
    "mr": "senor",
    "mrs": "senora",
    "ms": "senora",
    "lic": "licenciado",
    "licda": "licenciada",
    "ing": "ingeniero",
    "inge": "ingeniero",
    "arq": "arquitecto",
    "profr": "profesor",
    "mtro": "maestro",
    "mtra": "maestra",
}
"""Titles cut short, with what they stand for."""

NAME_ABBREVIATIONS: Final = {
    "ma": "maria",
    "gpe": "guadalupe",
    "fco": "francisco",
    "fdo": "fernando",
    "hdez": "hernandez",
    "hdz": "hernandez",
    "fdez": "fernandez",
    "gzz": "gonzalez",
    "glez": "gonzalez",
    "gcia": "garcia",
    "mtz": "martinez",
    "mtnz": "martinez",
    "rdz": "rodriguez",
    "rdgz": "rodriguez",
    "rmz": "ramirez",
    "lpz": "lopez",
    "prz": "perez",
    "sn": "san",
}
"""Names cut short beside other names: alone, "ma" is somebody's mother."""

HONORIFICS: Final[dict[str, Gender]] = {
    "don": "m",
    "dona": "f",
    "senor": "m",
    "senora": "f",
    "senorita": "f",
}
"""Words that may stand before anybody's name."""

COMPARATIVES: Final = _words(
    "mayor menor grande chico chica mediano mediana pequeno pequena segundo segunda primero "
    "primera gemelo gemela cuate nuevo nueva viejo vieja older younger big little eldest oldest "
    "youngest otro otra ex"
)
"""Words in an alias which tell that there is more than one of a kind."""

EXPRESSIONS: Final = {
    ("mother", "in", "law"): "suegra",
    ("father", "in", "law"): "suegro",
    ("brother", "in", "law"): "cunado",
    ("sister", "in", "law"): "cunada",
    ("son", "in", "law"): "yerno",
    ("daughter", "in", "law"): "nuera",
    ("primo", "hermano"): "primo",
    ("prima", "hermana"): "prima",
    ("medio", "hermano"): "hermanastro",
    ("media", "hermana"): "hermanastra",
    ("half", "brother"): "hermanastro",
    ("half", "sister"): "hermanastra",
    ("hermano", "politico"): "cunado",
    ("mejor", "amigo"): "amigo",
    ("mejor", "amiga"): "amiga",
    ("best", "friend"): "friend",
    ("tio", "abuelo"): "tioabuelo",
    ("tia", "abuela"): "tiaabuela",
    ("companero", "de", "cuarto"): "roomie",
    ("companera", "de", "cuarto"): "roomie",
    ("room", "mate"): "roomie",
    ("business", "partner"): "socio",
    ("media", "naranja"): "pareja",
    ("por", "favor"): "porfavor",
    ("cuenta", "de"): "",
    ("tarjeta", "de"): "",
}
"""Words that mean one thing together."""

KINSHIP: Final[dict[str, dict[Gender, str]]] = {
    "parent": {
        "m": "papa padre papi papito papacito apa jefecito jefito father dad daddy",
        "f": "mama madre mami mamita mamacita ama jefa jefecita jefita mother mom mum mommy",
        "": "parent progenitor",
    },
    "sibling": {
        "m": "hermano carnal manito brother",
        "f": "hermana carnala manita sister sis",
        "": "sibling",
    },
    "step-sibling": {
        "m": "hermanastro stepbrother",
        "f": "hermanastra stepsister",
        "": "stepsibling",
    },
    "step-parent": {"m": "padrastro stepfather stepdad", "f": "madrastra stepmother stepmom"},
    "step-child": {"m": "hijastro stepson", "f": "hijastra stepdaughter"},
    "child": {
        "m": "hijo chamaco son",
        "f": "hija chamaca daughter",
        "": "child kid",
    },
    "spouse": {
        "m": "esposo marido husband hubby",
        "f": "esposa wife wifey",
        "": "spouse conyuge",
    },
    "partner": {
        "m": "novio boyfriend",
        "f": "novia girlfriend",
        "": "pareja partner",
    },
    "former-partner": {
        "m": "exnovio exesposo exmarido",
        "f": "exnovia exesposa exmujer",
        "": "expareja",
    },
    "betrothed": {"m": "prometido", "f": "prometida", "": "fiance fiancee"},
    "grandparent": {
        "m": "abuelo aguelo tata grandfather grandpa granddad",
        "f": "abuela aguela grandmother grandma granny",
        "": "abue grandparent",
    },
    "grandchild": {"m": "nieto grandson", "f": "nieta granddaughter", "": "grandchild"},
    "great-uncle": {"m": "tioabuelo", "f": "tiaabuela"},
    "uncle": {"m": "tio uncle", "f": "tia aunt auntie"},
    "cousin": {"m": "primo", "f": "prima", "": "cousin"},
    "nephew": {"m": "sobrino nephew", "f": "sobrina niece"},
    "sibling-in-law": {"m": "cunado cunao", "f": "cunada"},
    "spouse-of-sibling-in-law": {"m": "concuno concunado", "f": "concuna concunada"},
    "parent-in-law": {"m": "suegro", "f": "suegra"},
    "child-in-law": {"m": "yerno", "f": "nuera"},
    "parents-of-child-in-law": {"m": "consuegro", "f": "consuegra"},
    "godparent": {"m": "padrino godfather", "f": "madrina godmother", "": "godparent"},
    "godchild": {"m": "ahijado godson", "f": "ahijada goddaughter", "": "godchild"},
    "co-parent": {"m": "compadre", "f": "comadre"},
}
"""What relatives are called, by what they are."""

ACQUAINTANCES: Final[dict[str, dict[Gender, str]]] = {
    "friend": {
        "m": "amigo cuate camarada valedor",
        "f": "amiga cuata",
        "": "friend buddy pal bestie",
    },
    "roommate": {"": "roomie roommate roomy rumi roomi flatmate"},
    "landlord": {"m": "casero arrendador", "f": "casera arrendadora landlady", "": "landlord"},
    "tenant": {"m": "inquilino", "f": "inquilina", "": "tenant renter"},
    "boss": {"m": "patron", "f": "patrona", "": "boss gerente manager"},
    "colleague": {
        "m": "companero colega",
        "f": "companera",
        "": "colleague coworker",
    },
    "employee": {"m": "empleado chalan", "f": "empleada", "": "employee"},
    "business-partner": {"m": "socio", "f": "socia"},
    "neighbor": {"m": "vecino", "f": "vecina", "": "neighbor neighbour"},
    "customer": {"f": "clienta", "": "cliente client customer"},
    "supplier": {"f": "proveedora", "": "proveedor supplier vendor"},
    "teacher": {"m": "profesor maestro", "f": "profesora maestra miss", "": "profe teacher"},
    "doctor": {"m": "doctor medico", "f": "doctora"},
    "dentist": {"": "dentista dentist"},
    "lawyer": {"m": "abogado licenciado", "f": "abogada licenciada", "": "lawyer attorney"},
    "accountant": {"m": "contador", "f": "contadora", "": "accountant"},
    "engineer": {"m": "ingeniero", "f": "ingeniera", "": "engineer"},
    "architect": {"m": "arquitecto", "f": "arquitecta", "": "architect"},
    "builder": {"m": "albanil", "": "builder contratista contractor"},
    "plumber": {"m": "plomero", "f": "plomera", "": "plumber"},
    "mechanic": {"m": "mecanico", "f": "mecanica", "": "mechanic"},
    "nanny": {"f": "ninera nanny babysitter"},
    "driver": {"": "chofer driver"},
    "relative": {"": "familiar familia family relative pariente"},
}
"""What other people are called, by what they are."""

OPEN_ROLES: Final = _words(
    "friend colleague employee customer supplier relative neighbor business-partner"
)
"""One has many of these: the only one among the beneficiaries need not be the one meant."""

DOUBTFUL: Final[dict[str, tuple[tuple[str, Gender], ...]]] = {
    "jefe": (("parent", "m"), ("boss", "m")),
    "viejo": (("parent", "m"), ("spouse", "m")),
    "vieja": (("parent", "f"), ("spouse", "f"), ("partner", "f")),
    "viejito": (("parent", "m"), ("spouse", "m"), ("grandparent", "m")),
    "viejita": (("parent", "f"), ("spouse", "f"), ("grandparent", "f")),
    "senora": (("spouse", "f"),),
    "senor": (("spouse", "m"),),
    "mujer": (("spouse", "f"), ("partner", "f")),
    "compa": (("friend", "m"), ("co-parent", "m")),
    "bro": (("sibling", "m"), ("friend", "m")),
    "mano": (("sibling", "m"), ("friend", "m")),
    "mana": (("sibling", "f"), ("friend", "f")),
    "nana": (("grandparent", "f"), ("nanny", "f")),
    "maestro": (("teacher", "m"), ("builder", "m")),
    "chavo": (("partner", "m"),),
    "chava": (("partner", "f"),),
    "morra": (("partner", "f"),),
    "morro": (("partner", "m"), ("child", "m")),
    "nene": (("child", "m"),),
    "nena": (("child", "f"), ("partner", "f")),
    "amor": (("spouse", ""), ("partner", "")),
    "gordo": (("spouse", "m"), ("partner", "m")),
    "gorda": (("spouse", "f"), ("partner", "f")),
    "compi": (("colleague", ""), ("roommate", "")),
}
"""Words that may mean one of several, or something else altogether."""

SECOND_MEANINGS: Final[dict[str, tuple[tuple[str, Gender], ...]]] = {
    "jefa": (("boss", "f"),),
    "carnal": (("friend", "m"),),
}
"""What a word may mean besides, when there is somebody of whom it is true."""

MALE_NAMES: Final = _words(
    """
    aaron abel abelardo abraham adalberto adan adolfo adrian agustin aldo alan alberto alejandro
    alexis alex alfonso alfredo alonso alvaro andres angel anselmo antonio apolonio armando
    arnulfo arturo aurelio axel baltazar bartolo beltran benito benjamin bernabe bernardo
    braulio brayan bruno bryan camilo candido carlos cesar christian cipriano clemente cristian
    cristobal cuauhtemoc damian daniel dario david demetrio diego dionisio domingo donato edgar
    edgardo edmundo eduardo efrain efren eleazar elias eliseo emanuel emiliano emilio enrique
    erasmo eric erick ernesto esteban eugenio eusebio evaristo everardo ezequiel fabian facundo
    faustino federico feliciano felipe felix fermin fernando fidel filemon flavio fortino
    francisco froylan gabriel gael genaro gerardo german gilberto gonzalo gregorio guillermo
    gustavo hector heriberto hernan hilario hipolito homero horacio hugo humberto ian ignacio
    ildefonso isaac isaias isidro ismael israel ivan jacinto jacobo jaime jair javier jeronimo
    jesus joaquin joel jonathan jorge jose joshua josue juan julian julio kevin lamberto lazaro
    leandro leo leobardo leon leonardo leonel leopoldo lino lionel lorenzo lucas luciano lucio
    luis macario manuel marcelo marcial marco marcos mariano mario martin mateo matias mauricio
    mauro maximiliano maximo melchor miguel misael modesto moises napoleon narciso nestor
    nicolas noe noel norberto octavio odilon olegario omar orlando oscar osvaldo pablo pascual
    patricio pedro porfirio rafael ramiro ramon raul raymundo refugio reinaldo rene reynaldo
    ricardo rigoberto roberto rocky rodolfo rodrigo rogelio roman romeo ruben rufino sabino
    salomon salvador samuel santiago santos saul sebastian sergio severiano silverio silvestre
    simon teodoro teofilo tiburcio timoteo tobias tomas ubaldo uriel valentin venancio vicente
    victor virgilio vladimir wilfrido xavier yahir yair zacarias
    """
)

FEMALE_NAMES: Final = _words(
    """
    abigail abril ada adela adelina adriana agustina aida alba alejandra alexa alexandra alicia
    alina alma alondra amalia amanda amelia amparo ana anabel anahi andrea angela angeles
    angelica anita antonia araceli ariadna ariana aurora azucena barbara beatriz belem belen
    berenice bertha betty blanca brenda camila candelaria caridad carla carlota carmela carmen
    carolina catalina cecilia celia cinthia clara claudia concepcion constanza consuelo cristina
    cynthia dalia daniela danna delfina delia diana dolores dora dulce edith elena elia elisa
    elizabeth eloisa elsa elvia elvira emilia emma enriqueta erika ernestina esmeralda esperanza
    estela estefania ester esther eugenia eulalia eva evangelina evelyn fabiola fatima felicitas
    fernanda flor francisca frida gabriela genoveva georgina gloria graciela greta griselda
    guadalupe guillermina helena herlinda herminia hilda hortensia ileana ines ingrid irene iris
    irma isabel isadora itzel ivette ivonne jacqueline jazmin jenifer jennifer jessica jimena
    joana joaquina johana josefa josefina juana juanita judith julia juliana julieta karen
    karina karla katia kenia laura leonor leticia lidia lilia liliana linda lizbeth lorena
    lorenza lourdes lucero lucia lucila lucina luisa luz mabel magali magdalena manuela marcela
    marcia margarita maria mariana maribel maricarmen maricela marina marisa marisela marisol
    maritza marlen marta martha martina matilde mayra melanie melissa mercedes micaela miranda
    miriam monica monserrat montserrat nadia nancy natalia nayeli nelly noemi nohemi nora norma
    odette ofelia olga olivia pamela paola patricia paula paulina paz perla petra pilar priscila
    ramona raquel rebeca regina renata renee reyna rita roberta rocio romina rosa rosalba
    rosalia rosalinda rosario rosaura roxana ruth sabrina salma samantha sandra sara sarai
    silvia socorro sofia soledad sonia susana tamara tania teresa trinidad valentina valeria
    vanesa vanessa veronica victoria violeta virginia viviana ximena xiomara xochitl yadira
    yamileth yanet yareli yazmin yesenia yessica yolanda zaira zoe zulema
    """
)

SURNAMES: Final = _words(
    """
    acevedo acosta aguilar aguilera aguirre alarcon alcantara alfaro almanza alvarado alvarez
    amador amaya anaya andrade aranda arce arellano arias arriaga arroyo avalos avila ayala baez
    balderas ballesteros banuelos barajas barba barragan barrera barrientos barrios bautista
    becerra beltran benavides benitez bermudez bernal blanco bonilla bravo briones bueno burgos
    bustamante bustos caballero cabrera calderon calvillo camacho camarena campos canales cano
    cantu carbajal cardenas cardona carmona carranza carrasco carrillo carrera casas casillas
    castaneda castellanos castillo castro cazares ceballos cedillo ceja celis cerda cervantes
    cervera chavez cisneros colin colon contreras cordero cordova corona coronado corral correa
    cortes cortez covarrubias cruz cuellar cuevas davila delgado diaz dominguez duarte duenas
    duran echeverria enriquez escalante escamilla escobar escobedo esparza espino espinosa
    espinoza esquivel estrada farias fernandez ferrer fierro figueroa flores franco fuentes
    fuertes galindo gallardo gallegos galvan galvez gamboa gamez garay garcia garza gaytan
    godinez gomez gonzales gonzalez granados guerra guerrero guevara guillen gutierrez guzman
    haro hernandez herrera hidalgo hinojosa huerta hurtado ibanez ibarra iglesias jaramillo
    jimenez juarez lara leal ledesma leyva limon lira llamas lopez lozano lucero lugo luna
    macias madrid maldonado manriquez mariscal marin marquez martinez mata maya medina medrano
    mejia melendez mena mendez mendoza meneses mercado merino meza mireles molina monroy
    montalvo montano montero montes montiel montoya mora morales moran moreno mota moya munguia
    munoz murillo najera nava navarrete navarro negrete nieto nieves nolasco nunez ocampo ochoa
    ojeda olivares olivera olmos olvera ordaz ordonez orozco ortega ortiz osorio pacheco padilla
    palacios palma palomino pantoja paredes parra pedraza pena peralta peraza perales pereira
    perez pineda pizarro plascencia ponce portillo posada prado prieto quezada quintana quintero
    quiroz ramirez ramos rangel renteria resendiz reyes reyna reynoso rico rincon rios rivas
    rivera robledo robles rocha rodriguez rojas rojo rojero romero romo rosales rosas roman
    rubio ruelas ruiz salas salazar salcedo saldana saldivar salgado salinas samaniego sanchez
    sandoval santana santillan santos saucedo segovia segura sepulveda serna serrano sierra
    silva solano solis solorzano soria soriano sosa soto sotelo suarez tamayo tapia tejeda
    tellez tello terrazas tirado toledo torres tovar trejo trevino trujillo uribe valadez valdes
    valdez valdivia valencia valenzuela valle vallejo valles vargas varela vasquez vazquez vega
    vela velasco velasquez velazquez velez venegas vera vidal villa villalobos villanueva
    villarreal villasenor villegas yanez zamora zamudio zapata zaragoza zarate zavala zepeda
    zuniga
    """
)

HYPOCORISTICS: Final[dict[str, str]] = {
    "ale": "alejandro alejandra alexis",
    "alex": "alejandro alejandra alexis alexander alexandra",
    "andy": "andres andrea",
    "angie": "angela angelica angeles",
    "angelita": "angela angeles angelica",
    "anto": "antonio antonia",
    "bea": "beatriz",
    "bety": "beatriz",
    "betty": "beatriz",
    "beto": "alberto roberto heriberto gilberto norberto humberto adalberto rigoberto",
    "berto": "alberto roberto heriberto gilberto norberto humberto adalberto rigoberto",
    "caro": "carolina",
    "carmelita": "carmen carmela",
    "ceci": "cecilia",
    "chabe": "isabel",
    "chabela": "isabel",
    "chabelo": "isabel",
    "chago": "santiago",
    "charo": "rosario",
    "chava": "salvador",
    "chavita": "salvador",
    "chayo": "rosario",
    "chayito": "rosario",
    "cheche": "cecilia jose",
    "checo": "sergio",
    "chela": "graciela marcela isela",
    "chelo": "consuelo",
    "chema": "jose+maria",
    "chencho": "inocencio crescencio",
    "chente": "vicente",
    "chepe": "jose",
    "chepina": "josefina",
    "chicho": "narciso",
    "chila": "cecilia",
    "chole": "soledad",
    "chon": "encarnacion concepcion",
    "chucho": "jesus",
    "chuchita": "jesus maria+jesus",
    "chuy": "jesus",
    "chuyito": "jesus",
    "chuyita": "jesus maria+jesus",
    "clau": "claudia",
    "coco": "socorro jorge",
    "concha": "concepcion",
    "conchis": "concepcion",
    "conchita": "concepcion",
    "cony": "constanza concepcion consuelo",
    "cris": "cristina cristian christian cristobal",
    "cuco": "refugio",
    "cuca": "refugio",
    "dani": "daniel daniela",
    "danny": "daniel daniela",
    "edu": "eduardo",
    "eli": "elizabeth elisa elias elia",
    "elo": "eloisa",
    "fabi": "fabiola fabian",
    "fede": "federico",
    "feli": "felipe felicitas feliciano",
    "fer": "fernando fernanda maria+fernanda luis+fernando",
    "fercho": "fernando",
    "fina": "josefina delfina",
    "fili": "filiberto filemon",
    "gabi": "gabriel gabriela",
    "gaby": "gabriel gabriela",
    "gabo": "gabriel",
    "gera": "gerardo",
    "gina": "georgina regina",
    "goyo": "gregorio",
    "goya": "gregoria",
    "gus": "gustavo",
    "guicho": "luis",
    "wicho": "luis",
    "guille": "guillermo guillermina",
    "isa": "isabel isabela",
    "javi": "javier",
    "jess": "jessica jesus",
    "joaco": "joaquin",
    "jona": "jonathan",
    "josema": "jose+maria",
    "juancho": "juan",
    "juanca": "juan+carlos",
    "juanjo": "juan+jose",
    "juanma": "juan+manuel",
    "juanpa": "juan+pablo",
    "juanis": "juana",
    "kari": "karina",
    "kike": "enrique",
    "quique": "enrique",
    "lalo": "eduardo gonzalo",
    "lala": "laura eulalia",
    "lau": "laura",
    "lencho": "lorenzo",
    "leo": "leonardo leonel leopoldo",
    "leti": "leticia",
    "lety": "leticia",
    "licha": "alicia",
    "lichita": "alicia",
    "lili": "liliana lilia elizabeth",
    "lina": "angelina carolina",
    "lipe": "felipe",
    "liz": "elizabeth lizbeth",
    "lola": "dolores",
    "lolita": "dolores",
    "lore": "lorena",
    "lucha": "luz luisa lucia",
    "lucho": "luis",
    "luchita": "luz luisa lucia",
    "luisma": "luis+manuel luis+mario",
    "luismi": "luis+miguel",
    "lulu": "lourdes maria+lourdes",
    "lupe": "guadalupe",
    "lupita": "guadalupe",
    "lupillo": "guadalupe",
    "lupis": "guadalupe",
    "lucy": "lucia luz lucila",
    "mafer": "maria+fernanda",
    "mago": "margarita",
    "magos": "margarita",
    "maguis": "margarita",
    "magda": "magdalena",
    "maite": "maria+teresa",
    "majo": "maria+jose",
    "malena": "magdalena maria+elena",
    "malu": "maria+luisa maria+lourdes",
    "maluz": "maria+luz",
    "manolo": "manuel",
    "manu": "manuel manuela emanuel",
    "mague": "margarita",
    "mari": "maria maricela maribel marisol mariana",
    "mariquita": "maria",
    "marijo": "maria+jose",
    "mary": "maria maricela maribel marisol mariana",
    "maricarmen": "maria+carmen",
    "marilu": "maria+lourdes maria+luisa",
    "marichuy": "maria+jesus",
    "mau": "mauricio",
    "max": "maximiliano maximo",
    "meche": "mercedes",
    "meli": "melissa melanie",
    "memo": "guillermo",
    "memito": "guillermo",
    "mencho": "clemente",
    "mike": "miguel",
    "migue": "miguel",
    "mimi": "noemi miriam",
    "mina": "guillermina herminia",
    "moi": "moises",
    "moncho": "ramon",
    "moni": "monica",
    "monse": "montserrat monserrat",
    "mundo": "edmundo raymundo",
    "nacho": "ignacio",
    "nachito": "ignacio",
    "nando": "fernando",
    "nato": "donato",
    "nati": "natalia natividad",
    "neto": "ernesto",
    "nico": "nicolas",
    "oli": "olivia oliver",
    "paco": "francisco",
    "paquito": "francisco",
    "paquita": "francisca",
    "paca": "francisca",
    "pancha": "francisca",
    "pancho": "francisco",
    "pao": "paola",
    "pato": "patricio",
    "pati": "patricia",
    "paty": "patricia",
    "patty": "patricia",
    "pau": "paulina paula paola",
    "pepa": "josefa josefina",
    "pepe": "jose",
    "pepito": "jose",
    "perico": "pedro",
    "picho": "luis",
    "pili": "pilar maria+pilar",
    "polo": "leopoldo apolonio",
    "poncho": "alfonso ildefonso",
    "queta": "enriqueta",
    "quiquin": "enrique",
    "rafa": "rafael rafaela",
    "rey": "reynaldo reinaldo",
    "ricky": "ricardo",
    "richi": "ricardo",
    "richard": "ricardo",
    "rigo": "rigoberto",
    "rober": "roberto",
    "robert": "roberto",
    "rodo": "rodolfo",
    "rodri": "rodrigo",
    "roge": "rogelio",
    "rorro": "rodrigo",
    "rosi": "rosa rosario rosalba rosalinda rosalia",
    "rosy": "rosa rosario rosalba rosalinda rosalia",
    "rosita": "rosa rosario",
    "salva": "salvador",
    "sandy": "sandra",
    "santi": "santiago",
    "sebas": "sebastian",
    "sofi": "sofia",
    "sofy": "sofia",
    "sil": "silvia",
    "sole": "soledad",
    "susi": "susana",
    "susy": "susana",
    "tavo": "gustavo octavio",
    "tencha": "hortensia",
    "teo": "teodoro mateo teofilo",
    "tere": "teresa maria+teresa",
    "teresita": "teresa",
    "tino": "faustino agustin valentin",
    "titi": "leticia",
    "charly": "carlos",
    "charlie": "carlos",
    "toni": "antonio antonia",
    "tony": "antonio",
    "tono": "antonio",
    "tonito": "antonio",
    "tona": "antonia",
    "toya": "victoria",
    "trini": "trinidad",
    "vale": "valeria valentina",
    "vero": "veronica",
    "vicky": "victoria",
    "vicki": "victoria",
    "vic": "victor victoria",
    "vivi": "viviana",
    "wili": "guillermo",
    "willy": "guillermo",
    "will": "guillermo",
    "xime": "ximena",
    "yola": "yolanda",
    "yoli": "yolanda",
    "zule": "zulema",
}
"""Pet names, with the names they stand for; "+" joins a compound name."""

CARRIERS: Final = _words("maria jose")
"""First names so frequent that alone they hardly stand for a compound name."""

SELF: Final = _words(
    """
    yo mi me conmigo mismo misma myself self i mine mio mia cuenta cuentas tarjeta tarjetas
    saldo ahorros nomina account accounts usuario user propio propia titular
    """
)
"""Words for the customer, and for what is the customer's."""

COMMANDS: Final = _words(
    """
    transfiere transferir transferencia transfer transfierele envia enviar enviale send manda
    mandar mandale deposita depositar depositale paga pagar pagale pay cobra cobrar compra
    comprar buy retira retirar consulta consultar agrega agregar add borra borrar elimina
    eliminar delete confirma confirmar confirmo confirm acepta aceptar acepto accept cancela
    cancelar cancelo cancel rechaza rechazar reject deten detener stop repite repetir repeat
    ayuda help
    """
)
"""Words that tell the assistant what to do."""

REPLIES: Final = _words(
    """
    si no ok okay okey va vale sale claro yes nope nel simon adelante listo correcto nada
    ninguno ninguna nadie alguien cualquiera cualquier quien quienquiera todos todas todo toda
    ambos ambas everybody everyone all both nobody anyone anybody someone mismo misma siempre
    ultimo ultima anterior otro otra primero primera segundo segunda ese esa este esta eso esto
    aquel aquella ellos ellas ella nosotros nosotras ustedes usted tu ti se le lo les him her it
    them you us we he she they this that same last first one usual previous another de del y o
    que a en con persona gente beneficiario beneficiaria beneficiary destinatario contacto
    contact person alias null none undefined
    """
)
"""Words that answer or point, and so name nobody."""

Sense = tuple[str, Gender]
"""What a person is to the customer, such as a sibling, and the gender the word tells."""


class Senses(NamedTuple):
    """What a word for a person may mean."""

    certain: frozenset[Sense]
    possible: frozenset[Sense]


NO_SENSES: Final = Senses(frozenset(), frozenset())


@cache
def sense_table() -> dict[str, Senses]:
    """Return what each word for a person means."""
    literal: dict[str, set[Sense]] = {}
    for role, forms in (*KINSHIP.items(), *ACQUAINTANCES.items()):
        for gender, words in forms.items():
            for word in words.split():
                literal.setdefault(word, set()).add((role, gender))
    table = {}
    for word in literal.keys() | DOUBTFUL.keys():
        meant = literal.get(word, set())
        certain = meant if len(meant) == 1 and word not in DOUBTFUL else set()
        possible = meant | {*DOUBTFUL.get(word, ()), *SECOND_MEANINGS.get(word, ())}
        table[word] = Senses(frozenset(certain), frozenset(possible - certain))
    return table


@cache
def all_words() -> frozenset[str]:
    """Return every word that is known, so that none of them counts as another one misspelt."""
    names = {name for names in HYPOCORISTICS.values() for name in names.replace("+", " ").split()}
    return frozenset(
        MALE_NAMES
        | FEMALE_NAMES
        | SURNAMES
        | HYPOCORISTICS.keys()
        | names
        | sense_table().keys()
        | HONORIFICS.keys()
    )


def given_name_gender(name: str) -> Gender:
    """Return the gender which a given name tells."""
    if name in MALE_NAMES:
        return "" if name in FEMALE_NAMES else "m"
    if name in FEMALE_NAMES:
        return "f"
    return ""


_DIMINUTIVES: Final = {
    "ito": ("o", "e", ""),
    "ita": ("a", "e", ""),
    "itos": ("os", "s"),
    "itas": ("as", "s"),
    "cito": ("", "e"),
    "cita": ("", "a"),
}
_HARD_STEMS: Final = (("qu", "c"), ("gu", "g"), ("c", "z"))


def diminutive_bases(word: str) -> frozenset[str]:
    """Return the words that `word` may be a diminutive of, right or wrong."""
    if not word.endswith(tuple(_DIMINUTIVES)):
        return frozenset()
    bases = set()
    for ending, restored in _DIMINUTIVES.items():
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < MIN_STEM_LETTERS:
            continue
        for plain in (stem, *(_replace_end(stem, soft, hard) for soft, hard in _HARD_STEMS)):
            bases |= {plain + vowel for vowel in restored}
    wrong = FEMALE_NAMES if word.endswith(("o", "os")) else MALE_NAMES
    right = MALE_NAMES if word.endswith(("o", "os")) else FEMALE_NAMES
    return frozenset(base for base in bases if base not in wrong or base in right)


def _replace_end(stem: str, end: str, replacement: str) -> str:
    return stem.removesuffix(end) + replacement if stem.endswith(end) else stem
