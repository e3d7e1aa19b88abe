"""The words in which people in Mexico say whom they mean, folded: lower case, no accents.

Every table is one string a line, words separated by blanks. A word may stand in several lines: it
then has several meanings, and none of them is sure.

Longer than 400 lines: these are tables of words, not code.
"""

from functools import cache
from typing import Final, Literal, NamedTuple

from shared.text import word_set

MIN_STEM_LETTERS: Final = 2


Gender = Literal["m", "f", ""]
"""Of the person a word is about; empty when the word does not tell."""

ARTICLES: Final = word_set("el la los las the al del")
POSSESSIVES: Final = word_set("mi mis my our nuestro nuestra nuestros nuestras")
ARTICLES_AND_POSSESSIVES: Final = (ARTICLES | POSSESSIVES) - word_set("al del")
"""Words that add nothing to whom a phrase means, wherever they stand."""

PLURAL_DETERMINERS: Final = word_set("los las mis nuestros nuestras")

LEADING_PREPOSITIONS: Final = word_set("a al ala para pa to for hacia")
"""Words that add nothing at the beginning of a phrase; elsewhere "A" may be an initial."""

COURTESIES: Final = word_set("porfa porfis porfavor please plis gracias")

PARTICLES: Final = word_set("de del of")
"""What follows says whose, or from where."""

SEPARATORS: Final = word_set("y e o u ni and or & + , ; /")
"""What stands between two people."""

HEDGES: Final = word_set(
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

COMPARATIVES: Final = word_set(
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

OPEN_ROLES: Final = word_set(
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

MALE_NAMES: Final = word_set(
    """
    aaron abdiel abel abelardo abraham adalberto adan adolfo adonai adrian agapito agustin alan
    alberto albino aldo alejandro alex alexander alexis alfonso alfredo alonso alvaro alvino amado
    amador ambrosio anastasio antonino andres angel anibal anselmo antonio apolinar apolonio armando
    arnaldo arnoldo arnulfo artemio arturo augusto aureliano aurelio avelino axel baltazar bartolo
    basilio belisario beltran benigno benito benjamin bernabe bernardo blas bonifacio braulio
    brayan bruno bryan camilo candido carlos casimiro celestino celso cesar christian cipriano
    cirilo claudio clemente constantino cornelio crescencio crisanto cristian cristobal
    cuauhtemoc damaso damian daniel dario david delfino demetrio desiderio diego dimas dionisio
    domingo donato edgar edgardo edmundo eduardo edwin efrain efrem efren eladio eleazar elias
    eligio eliseo eloy elpidio emanuel emiliano emilio encarnacion enoc enrique epifanio erasmo
    eric erick ernesto esteban eugenio eusebio evaristo ever everardo ezequiel fabian facundo
    faustino fausto federico feliciano felipe felix fermin fernando fidel fidencio filemon
    filiberto flavio florencio florentino fortino francisco froylan gabriel gael gaspar genaro
    gerardo german gerson gil gilberto gildardo gonzalo graciano gregorio guadalupe guillermo
    gustavo hector heladio heriberto herminio hernan higinio hilario hipolito homero honorio
    horacio hugo humberto ian ignacio iker ildefonso inocencio irineo isaac isaias isidoro isidro
    ismael israel ivan ivanhoe jacinto jacobo jaime jair javier jeronimo jesus joaquin joel jonas
    jonatan jonathan jorge jose joshua josue juan julian julio juventino kevin lamberto lazaro
    leandro leo leobardo leocadio leon leonardo leoncio leonel leopoldo liborio lino lionel
    lisandro lorenzo lucas lucian luciano lucio luis macario manuel marcelino marcelo marcial
    marco marcos mariano mario martin mateo matias mauricio maurilio mauro maximiliano maximino
    maximo medardo melchor miguel misael moctezuma modesto moises napoleon narciso natanael
    nazario nestor nicanor nicolas noe noel norberto octavio odilon olegario oliver omar onesimo
    orlando oscar osiel osvaldo oswaldo otilio otoniel pablo pancracio pascual patricio paulino
    paulo pedro placido policarpo porfirio primitivo prisciliano prospero rafael rafail ramiro
    ramon randy ranulfo raul raymundo refugio reinaldo rene rey reynaldo ricardo rigoberto roberto
    rodolfo rodrigo rogelio rolando roman romeo ronaldo rosalio rosendo ruben rufino rutilio sabas
    sabino salomon salvador samir samuel santiago santino santos saturnino saul sebastian serafin
    sergio servando severiano silverio silvestre simon sixto tadeo teodoro teodulo teofilo
    tiburcio timoteo tobias tomas tristan ubaldo ulises urbano uriel valente valentin valeriano
    venancio vicente victor virgilio vladimir wenceslao wilfredo wilfrido xavier yael yahel yahir
    yair zacarias zeferino
    """
)

FEMALE_NAMES: Final = word_set(
    """
    abigail abril ada adela adelaida adelia adelina adoracion adriana agueda agustina aida alba
    alda aldana alejandra alejandrina alexa alexandra alfonsina alicia alida alina alizbeth alma
    alondra amada amalia amanda amelia amparo ana anabel anabella anahi analia anastasia andrea
    anette angela angeles angelica angelina anita antonia antonieta araceli arcelia ariadna ariana
    ariela arlet artemisa asuncion aurelia aurora azucena barbara beatris beatriz belem belen
    belinda benita berenice bernarda bertha betty bibiana blanca brenda brigida britany camelia
    camila candelaria candida caridad carina carla carlota carmela carmen carolina carolyn
    catalina catarina cecilia celeste celestina celia celina chantal cinthia clara claudia
    clementina concepcion constanza consuelo cristiana cristina cynthia dafne dalia daniela danna
    dayana delfina delia deyanira diana digna dolores dominga dora dulce edelmira edith elena
    eleonora elia eliana elina elisa eliza elizabeth elodia eloina eloisa elsa elva elvia elvira
    emelia emerita emilia emma encarnacion enedina enriqueta erika ernestina esmeralda esperanza
    estefani estefania estela ester esther estrella eufemia eugenia eulalia eva evangelina evelia
    evelyn fabiana fabiola fatima felicitas felipa felisa fernanda fernandina flor florencia
    florinda francisca frida gabriela gema genesis genoveva georgina gilda gisela gisele gloria
    graciela gregoria greta griselda guadalupe guillermina heidi helena herlinda hermelinda
    hermila herminia hilda hortensia idalia ileana imelda ines ingrid inmaculada irene iris irma
    isabel isadora isaura isela itzel ivana ivette ivon ivonne izel jacqueline janet jaqueline
    jazmin jenifer jennifer jessica jimena joana joaquina johana josefa josefina joselyn juana
    juanita judith julia juliana julieta justina karely karen karime karina karla katia katya
    keila kenia larisa lariza laura leandra leila leonila leonor leslie leticia lidia ligia lilia
    lilian liliana linda liset lizbeth lorelei lorena lorenza lourdes lucero lucia lucila lucina
    lucrecia ludivina luisa luisana luz mabel macarena madai magali magdalena maira malena manola
    manuela marcela marcelina marcia margarita maria marian mariana mariane mariangel maribel
    maricarmen maricela maricruz mariel mariela marilyn marina marisa marisela marisol maritza
    marlen marlene marta martha martina matilde maura maxima mayra medina melanie melissa mely
    mercedes micaela minerva miranda mirela mirella mireya miriam mirna mirta modesta mona monica
    monserrat montserrat nadia nadxieli nahomi nancy naomi natalia natalie natividad nayeli nelida
    nelly nereida nicol nidia nieves noemi nohemi nora norma nubia obdulia odalys odette ofelia
    olga olivia otilia palmira pamela paola patricia paula paulette paulina paz perla perpetua
    petra petrona piedad pilar priscila prudencia quetzalli rafaela ramira ramona raquel raymunda
    rebeca refugio regina renata renee reyna rita roberta rocio romelia romina rosa rosalba
    rosalia rosalinda rosana rosario rosaura roselia rosenda rosina roxana ruth sabina sabrina
    salma salome samantha samara sandra sara sarahi sarai serafina silvana silvia socorro sofia
    soledad sonia sonya soraya susan susana talia tamara tania tatiana teodora teresa tomasa
    trinidad ursula valentia valentina valeria vanesa vanessa vera veronica victoria vilma
    violante violeta virginia viviana wendy wilma ximena xiomara xochitl yadira yamileth yanet
    yaneth yara yareli yaretzi yazmin yesenia yessica yolanda yoselin yuliana yunuen yuridia zaira
    zenaida zoe zoila zoraida zuleima zulema
    """
)

SURNAMES: Final = word_set(
    """
    abarca aburto acevedo aceves acosta aguilar aguilera aguirre agundez alanis alarcon albarran
    alcala alcantara alcazar aldana alejo alfaro almanza almeida alonso alonzo altamirano alva
    alvarado alvarez amador amaro amaya amezcua anaya andrade anguiano aragon araiza arana aranda
    araujo arce arellano arguello arias armenta arredondo arreola arriaga arroyo arteaga arvizu
    ascencio avalos avelar avila avina ayala azcona baca baez bahena balderas ballesteros banda
    banderas banuelos barajas barba baron barragan barrera barreto barrientos barrios barron
    basurto batista bautista bazan becerra becerril bejarano bello beltran benavides benitez
    berber bermudez bernal bernardino berumen blancas blanco bojorquez bolanos bonilla borja bravo
    briones brito buendia bueno buenrostro burciaga burgos bustamante bustos caballero cabral
    cabrera cadena caldera calderon calvillo camacho camarena campa campos canales candia cano
    cantero cantu caraballo carbajal cardenas cardona cardoso carmona caro carpio carranza
    carrasco carrera carrillo cartagena casanova casarez casas casillas castaneda castelan
    castellanos castillo castrejon castro cayetano cazares ceballos cedillo ceja celis centeno
    cepeda cerda cervantes cervera chacon chairez chan chapa chavez cisneros cobos colin colon
    colorado conde contreras cordero cordova corona coronado corral correa cortes cortez cosio
    cota coto covarrubias cruz cuellar cuenca cuesta cuevas curiel davalos davila delarosa deleon
    delgado diaz diego dominguez donis dorantes duarte duenas duran echeverria elias elizalde
    elizondo enciso enrique enriquez escalante escamilla escobar escobedo esparza espindola espino
    espinosa espinoza esquer esquivel estevez estrada fabela fajardo farias fausto feria fernandez
    ferreira ferrer fierro figueroa flores fonseca fragoso franco frausto frias fuentes fuerte
    fuertes gaitan galindo gallardo gallego gallegos galvan galvez gamboa gamez gamino garay
    garcia garibay garza gaspar gaxiola gaytan giron godinez gomez gonzales gonzalez grajeda
    granada granados grijalva guadarrama guajardo guardado guerra guerrero guevara guillen gurrola
    gutierrez guzman haro haros heredia hermosillo hernandez herrera herrero hidalgo higuera
    hinojosa hoyos huerta huerto huitron hurtado ibanez ibarra iglesias infante inzunza islas
    jaime jaquez jaramillo jasso jauregui jimenez juan juarez lagunas lara lazcano leal ledesma
    lemus lerma leyva limon limones linares lira lizarraga llamas llanos loera lomeli longoria
    lopez lorenzo loya lozano lucero lucio luevano lugo luna macedo macias madrid magallanes
    magana maldonado mancilla manriquez manzano manzo marcial mares marin marines mariscal
    marmolejo marquez marroquin martinez mascorro mata maya mayorga medel medellin medina medrano
    mejia melendez melgar melgoza mena menchaca mendez mendiola mendoza meneses mercado merino
    merlo meza mijares millan minjarez miramontes miranda mireles molina moncada mondragon monje
    monreal monroy monsivais montalvo montano montejo montero monterrubio montes montesinos
    montiel montoya mora morales moran moreno mosqueda mota moya munguia munoz murguia murillo
    murrieta najera naranjo narvaez natera nava navarrete navarro navejas negrete neri nevarez
    nieto nieves nolasco novoa nunez obregon ocampo ocegueda ochoa ojeda olguin oliva olivares
    oliver olivera olmedo olmos olvera ontiveros ordaz ordonez oropeza orozco ortega ortiz osorio
    otero oviedo pacheco padilla palacio palacios palafox palma palomino pantoja pardo paredes
    parra partida pastrana patino pavon payan paz pedraza pelayo pena penaloza perales peralta
    peraza perea pereira perez pichardo piedra pimentel pineda pinedo pinto piza pizarro
    plascencia polanco ponce porras portales portillo posada pozos prado preciado prieto puga
    pulido quevedo quezada quijano quinones quintana quintero quiroz ramires ramirez ramos rangel
    rascon rebolledo recendez regalado rendon renovato renteria resendiz reta revilla reyes reyna
    reynoso rico rincon riojas rios riva rivas rivera rivero rizo robledo robles rocha rocio
    rodarte rodela rodriguez rojas rojero rojo roman romero romo rosado rosal rosales rosario
    rosas rosete rubio rueda ruelas ruiz saavedra saenz sainz salas salazar salcedo saldana
    saldivar salgado salinas samaniego samano sanabria sanchez sandoval santacruz santamaria
    santana santillan santos santoyo sarabia sauceda saucedo segovia segundo segura senties
    sepulveda serna serrano serrato servin sierra sifuentes silva silvestre simental solano
    solares soler solis solorzano sordo soria soriano sosa sotelo soto suarez tafoya talamantes
    tamayo tamez tapia tejada tejeda tellez tello tena tenorio teran terrazas terrones tinajero
    tirado toledo toral toro torre torres torrez toscano tovar tovias trejo trevino trujillo
    urbina urias uribe urquiza urrutia vaca valadez valdes valdez valdivia valdovinos valencia
    valenzuela valerio valladares valle vallejo valles vara varas varela vargas vasquez vazquez
    vega vela velasco velasquez velazquez velez venegas vera verdugo verduzco vergara vidal viera
    villa villafana villagomez villagran villalobos villanueva villarreal villasana villasenor
    villegas vivanco yanez ybarra yepez zaldivar zamarripa zambrano zamora zamudio zapata zaragoza
    zarate zarco zavala zepeda zermeno zertuche zuniga
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
    "chuchita": "maria+jesus",
    "chuy": "jesus",
    "chuyito": "jesus",
    "chuyita": "maria+jesus",
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

SELF: Final = word_set(
    """
    yo mi me conmigo mismo misma myself self i mine mio mia cuenta cuentas tarjeta tarjetas
    saldo ahorros nomina account accounts usuario user propio propia titular
    """
)
"""Words for the customer, and for what is the customer's."""

COMMANDS: Final = word_set(
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

REPLIES: Final = word_set(
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

POINTING: Final = SELF | REPLIES | COMPARATIVES | HONORIFICS.keys()
"""Words that name nobody by themselves, in whosever alias or name they occur."""

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


def is_given_name(word: str) -> bool:
    """Tell whether this is a known given name."""
    return word in MALE_NAMES or word in FEMALE_NAMES


def given_name_gender(name: str) -> Gender:
    """Return the gender which a given name or a diminutive tells."""
    if name in MALE_NAMES:
        return "" if name in FEMALE_NAMES else "m"
    if name in FEMALE_NAMES:
        return "f"
    if name in HYPOCORISTICS and name.endswith(("ita", "ito")):
        return "f" if name.endswith("ita") else "m"
    return ""


_DIMINUTIVES: Final = {
    "ito": ("o", "e", ""),
    "ita": ("a", "e", ""),
    "itos": ("os", "s"),
    "itas": ("as", "s"),
    "cito": ("", "e"),
    "cita": ("", "a"),
}
_DIMINUTIVE_ENDINGS: Final = tuple(_DIMINUTIVES)
_HARD_STEMS: Final = (("qu", "c"), ("gu", "g"), ("c", "z"))


def diminutive_bases(word: str) -> frozenset[str]:
    """Return the words that `word` may be a diminutive of, right or wrong."""
    if not word.endswith(_DIMINUTIVE_ENDINGS):
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
