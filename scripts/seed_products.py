"""Seed retailers, their accounts and their products: `python scripts/seed_products.py`.

Longer than 400 lines: most of it is the list of products.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from scripts.seeding import add_missing, run, table_name
from shared.accounts import RETAILER
from shared.clock import to_iso
from shared.ids import time_ordered_id

_OPENED = "2025-01-15T16:00:00.000Z"
_IMAGES = "https://cdn.centli.example.com"

AZTECA = "retailer-electronica-azteca"
TIANGUIS = "retailer-tianguis-digital"
CASA = "retailer-casa-talavera"
NOPAL = "retailer-super-nopal"
BOTICA = "retailer-botica-santa-fe"
RUTA = "retailer-ruta-maya"

# retailer, name, category, benefits offered, accounts
RETAILERS = [
    (AZTECA, "Electrónica Azteca", "electronics", "MSI cashback", "checking savings"),
    (TIANGUIS, "Tianguis Digital", "clothing", "MSI cashback points", "checking"),
    (CASA, "Casa Talavera", "home", "MSI points", "checking savings"),
    (NOPAL, "Súper El Nopal", "food", "cashback points", "checking"),
    (BOTICA, "Botica Santa Fe", "health", "cashback points", "checking"),
    (RUTA, "Ruta Maya Viajes y Aventura", "travel", "MSI cashback points", "checking"),
]

MSI_3_6_12 = {"type": "MSI", "months": [3, 6, 12], "minimum_purchase": 1500}
MSI_18 = {"type": "MSI", "months": 18, "minimum_purchase": 10000}
MSI_3 = {"type": "MSI", "months": 3, "minimum_purchase": 600}
CASHBACK_5 = {"type": "cashback", "percent": 5, "maximum": 500}
CASHBACK_2 = {"type": "cashback", "percent": 2}
POINTS = {"type": "points", "points_per_peso": 1, "peso_per_point": Decimal("0.02")}
DOUBLE_POINTS = {"type": "points", "points_per_peso": 2}
BACK_TO_SCHOOL = {
    "type": "cashback",
    "percent": 15,
    "valid_from": "2026-08-01",
    "valid_until": "2026-08-31",
}
BLACK_WEEKEND = {
    "type": "MSI",
    "months": 24,
    "valid_from": "2026-11-12",
    "valid_until": "2026-11-30",
}
CHRISTMAS = {
    "type": "points",
    "points_per_peso": 5,
    "peso_per_point": Decimal("0.02"),
    "valid_from": "2026-12-10",
    "valid_until": "2027-01-06",
}

# category: product, retailer, name, description, price, stock, benefits
PRODUCTS: dict[str, list[tuple[Any, ...]]] = {
    "electronics": [
        (
            *("tv-led-55", AZTECA, "Smart TV 55 pulgadas 4K", "Pantalla LED UHD con HDR y wifi."),
            *("8999.00", 14, [MSI_3_6_12, BLACK_WEEKEND, CASHBACK_2]),
        ),
        (
            *("tv-led-55", TIANGUIS, "Smart TV 55 pulgadas 4K", "Pantalla LED UHD, caja abierta."),
            *("8499.00", 3, [MSI_3_6_12]),
        ),
        (
            *("televisor-32", AZTECA, "Televisor HD de 32 pulgadas", "Para recámara o cocina."),
            *("3799.00", 22, [MSI_3_6_12, CASHBACK_5]),
        ),
        (
            *("laptop-14", AZTECA, "Laptop 14 pulgadas", "16 GB de memoria y disco de 512 GB."),
            *("15499.00", 8, [MSI_3_6_12, MSI_18, BACK_TO_SCHOOL]),
        ),
        (
            *("celular-128", AZTECA, "Celular 128 GB", "Cámara triple y batería de 5000 mAh."),
            *("6299.00", 30, [MSI_3_6_12, CASHBACK_5]),
        ),
        (
            *("audifonos-bt", AZTECA, "Audífonos Bluetooth", "Cancelación de ruido, 30 horas."),
            *("1299.00", 45, ["3 MSI", "5% cashback"]),
        ),
        (
            *("audifonos-bt", TIANGUIS, "Audífonos Bluetooth", "Con estuche y cable de carga."),
            *("1249.90", 12, [MSI_3, POINTS]),
        ),
        (
            *("bocina-portatil", TIANGUIS, "Bocina portátil", "Resistente al agua, 12 horas."),
            *("899.00", 0, [CASHBACK_2]),
        ),
    ],
    "clothing": [
        (
            *("guayabera-lino", TIANGUIS, "Guayabera de lino", "Manga larga, hecha en Yucatán."),
            *("1150.00", 26, [MSI_3, POINTS]),
        ),
        (
            *("tenis-correr", TIANGUIS, "Tenis para correr", "Suela ligera, tallas 23 a 30."),
            *("1899.00", 40, [MSI_3_6_12, CASHBACK_5]),
        ),
        (
            *("chamarra-mezclilla", TIANGUIS, "Chamarra de mezclilla", "Corte unisex."),
            *("999.50", 18, ["cashback 5%", "puntos"]),
        ),
        (
            *("rebozo-seda", TIANGUIS, "Rebozo de Santa María", "Tejido a mano en telar."),
            *("2450.00", 4, [MSI_3_6_12]),
        ),
    ],
    "food": [
        (
            *("cafe-chiapas-1kg", NOPAL, "Café de Chiapas 1 kg", "Grano tostado, de altura."),
            *("289.00", 120, [POINTS]),
        ),
        (
            *("mole-oaxaca", NOPAL, "Mole negro de Oaxaca", "Pasta artesanal, 500 gramos."),
            *("145.50", 60, [DOUBLE_POINTS]),
        ),
        (
            *("despensa-basica", NOPAL, "Despensa básica", "Arroz, frijol, aceite, atún y pasta."),
            *("499.00", 35, [CASHBACK_2, POINTS]),
        ),
        (
            *("miel-maguey", NOPAL, "Miel de maguey", "Botella de 660 gramos."),
            *("119.00", 80, []),
        ),
        (
            *("tequila-reposado", NOPAL, "Tequila reposado 750 ml", "100 % agave azul."),
            *("649.00", 24, [{"type": "cashback", "percent": 10, "minimum_purchase": 1200}]),
        ),
    ],
    "home": [
        (
            *("refrigerador-14", CASA, "Refrigerador de 14 pies", "Dos puertas, bajo consumo."),
            *("12999.00", 6, [MSI_3_6_12, MSI_18, BLACK_WEEKEND]),
        ),
        (
            *("vajilla-talavera", CASA, "Vajilla de Talavera", "20 piezas pintadas a mano."),
            *("3450.00", 9, [MSI_3_6_12, POINTS]),
        ),
        (
            *(
                "licuadora-10v",
                CASA,
                "Licuadora de 10 velocidades",
                "Vaso de vidrio de 1.5 litros.",
            ),
            *("1099.00", 33, [MSI_3, CHRISTMAS]),
        ),
        (
            *("sala-esquinera", CASA, "Sala esquinera", "Tapizada en lino gris."),
            *("18500.00", 2, [MSI_18, BLACK_WEEKEND]),
        ),
        (
            *("cobija-san-marcos", CASA, "Cobija matrimonial", "Doble vista, muy abrigadora."),
            *("749.00", 50, ["3 MSI", POINTS]),
        ),
    ],
    "beauty": [
        (
            *("crema-nopal", BOTICA, "Crema facial de nopal", "Hidratante, 60 ml."),
            *("219.00", 75, [POINTS]),
        ),
        (
            *("perfume-azahar", BOTICA, "Perfume de azahar", "Agua de perfume, 100 ml."),
            *("1380.00", 15, [CASHBACK_5, CHRISTMAS]),
        ),
        (
            *("secadora-cabello", BOTICA, "Secadora de cabello", "2000 watts, aire frío."),
            *("899.00", 20, [MSI_3, CASHBACK_2]),
        ),
        (
            *("jabon-artesanal", BOTICA, "Jabón artesanal de avena", "Paquete con 4 piezas."),
            *("156.00", 90, [DOUBLE_POINTS]),
        ),
    ],
    "sports": [
        (
            *("bici-montana-29", RUTA, "Bicicleta de montaña R29", "21 velocidades, aluminio."),
            *("7899.00", 7, [MSI_3_6_12, CASHBACK_5]),
        ),
        (
            *("balon-futbol-5", RUTA, "Balón de futbol número 5", "Cosido a máquina."),
            *("399.00", 65, [POINTS]),
        ),
        (
            *("mancuernas-20kg", RUTA, "Mancuernas ajustables 20 kg", "Par con base."),
            *("2199.00", 11, [MSI_3_6_12]),
        ),
        (
            *("tapete-yoga", RUTA, "Tapete de yoga", "Antiderrapante, 6 mm."),
            *("449.00", 38, [CASHBACK_2, POINTS]),
        ),
    ],
    "toys": [
        (
            *("loteria-clasica", TIANGUIS, "Lotería clásica", "10 tablas y 54 cartas."),
            *("129.00", 100, []),
        ),
        (
            *("alebrije-armable", TIANGUIS, "Alebrije armable", "Rompecabezas 3D de madera."),
            *("349.00", 28, [POINTS]),
        ),
        (
            *("consola-retro", AZTECA, "Consola retro", "200 juegos y dos controles."),
            *("1599.00", 16, [MSI_3_6_12, CHRISTMAS]),
        ),
        (
            *("muneca-trapo", TIANGUIS, "Muñeca de trapo otomí", "Hecha a mano en Querétaro."),
            *("280.00", 42, [DOUBLE_POINTS]),
        ),
    ],
    "books": [
        (
            *("pedro-paramo", TIANGUIS, "Pedro Páramo", "Juan Rulfo. Edición de bolsillo."),
            *("189.00", 55, [POINTS]),
        ),
        (
            *("laberinto-soledad", TIANGUIS, "El laberinto de la soledad", "Octavio Paz."),
            *("245.00", 31, ["points"]),
        ),
        (
            *("recetario-mexicano", CASA, "Recetario mexicano", "300 recetas de los 32 estados."),
            *("520.00", 19, [CASHBACK_2]),
        ),
        (
            *("utiles-paquete", TIANGUIS, "Paquete de libros de primaria", "Sexto grado."),
            *("1340.00", 13, [BACK_TO_SCHOOL, MSI_3]),
        ),
    ],
    "health": [
        (
            *("baumanometro", BOTICA, "Baumanómetro digital", "De brazo, con memoria."),
            *("849.00", 27, [MSI_3, CASHBACK_5]),
        ),
        (
            *("vitamina-c-100", BOTICA, "Vitamina C", "100 tabletas de 1 gramo."),
            *("199.00", 140, [POINTS]),
        ),
        (
            *("termometro-ir", BOTICA, "Termómetro infrarrojo", "Sin contacto, un segundo."),
            *("459.00", 48, [CASHBACK_2]),
        ),
        (
            *("silla-ruedas", BOTICA, "Silla de ruedas plegable", "Aluminio, hasta 110 kg."),
            *("4890.00", 5, [MSI_3_6_12]),
        ),
    ],
    "travel": [
        (
            *("paquete-cancun-4d", RUTA, "Cancún 4 días", "Hotel todo incluido para dos."),
            *("16900.00", 10, [MSI_3_6_12, MSI_18, CASHBACK_2]),
        ),
        (
            *("maleta-cabina", RUTA, "Maleta de cabina", "Rígida, 4 ruedas, con candado TSA."),
            *("1790.00", 21, [MSI_3_6_12, POINTS]),
        ),
        (
            *("tren-maya-merida", RUTA, "Viaje en tren a Mérida", "Redondo, clase premier."),
            *("3250.00", 36, [MSI_3, CHRISTMAS]),
        ),
        (
            *("tour-monarca", RUTA, "Santuario de la mariposa monarca", "Excursión de un día."),
            *("1190.00", 25, [{"type": "points", "points_per_peso": 3, "maximum": 3000}]),
        ),
    ],
}


# time, user, account, product, retailer, amount; one a user
PURCHASES = [
    (
        *("2026-10-20T18:00:00+00:00", "user-maria", "acc-maria-checking"),
        *("audifonos-bt", AZTECA, "1299.00"),
    ),
]


def seed(client: Any, prefix: str) -> int:
    """Add retailers, accounts and products, and return how many items were missing."""
    return (
        add_missing(client, table_name("retailers", prefix), _retailers(), "retailer_id")
        + add_missing(client, table_name("accounts", prefix), _accounts(), "account_id")
        + add_missing(client, table_name("products", prefix), _products(), "product_id")
        + add_missing(client, table_name("purchases", prefix), _purchases(), "user_id")
        + add_missing(client, table_name("transactions", prefix), _payments(), "account_id")
    )


def _retailers() -> Iterator[dict[str, Any]]:
    for retailer, name, category, benefits, _ in RETAILERS:
        yield {
            "retailer_id": retailer,
            "name": name,
            "category": category,
            "benefits_offered": benefits.split(),
            "logo_url": f"{_IMAGES}/logos/{retailer}.png",
        }


def _accounts() -> Iterator[dict[str, Any]]:
    """Yield the accounts that purchases are paid into: a retailer is an owner like any other."""
    received: dict[str, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for _, _, _, _, retailer, amount in PURCHASES:
        received[_account_of(retailer, "checking")] += Decimal(amount)
    for retailer, name, _, _, account_types in RETAILERS:
        for account_type in account_types.split():
            account_id = _account_of(retailer, account_type)
            yield {
                "user_id": retailer,
                "account_id": account_id,
                "account_type": account_type,
                "holder_name": name,
                "holder_type": RETAILER,
                "balance": received[account_id],
                "currency": "MXN",
                "status": "active",
                "created_at": _OPENED,
                "updated_at": _OPENED,
                "version": 1,
            }


def _account_of(retailer: str, account_type: str) -> str:
    return f"acc-{retailer.removeprefix('retailer-')}-{account_type}"


def _products() -> Iterator[dict[str, Any]]:
    sold = Counter((product, retailer) for _, _, _, product, retailer, _ in PURCHASES)
    for category, products in PRODUCTS.items():
        for product, retailer, name, description, price, stock, benefits in products:
            yield {
                "product_id": f"prod-{product}",
                "retailer_id": retailer,
                "name": name,
                "description": description,
                "price": Decimal(price),
                "currency": "MXN",
                "category": category,
                "stock": stock,
                "stock_received": stock + sold[product, retailer],
                "image_url": f"{_IMAGES}/products/{product}.jpg",
                "benefits": benefits,
            }


def _purchases() -> Iterator[dict[str, Any]]:
    """Yield a purchase of the past for each of `PURCHASES`."""
    retailer_names = {retailer["retailer_id"]: retailer["name"] for retailer in _retailers()}
    product_names = {
        (product, retailer): name
        for products in PRODUCTS.values()
        for product, retailer, name, *_ in products
    }
    for time, user, account, product, retailer, amount in PURCHASES:
        moment, purchase_id = _identified(time, f"seed purchase {user}")
        yield {
            "user_id": user,
            "timestamp_purchase_id": f"{to_iso(moment)}#{purchase_id}",
            "purchase_id": purchase_id,
            "product_id": f"prod-{product}",
            "product_name": product_names[product, retailer],
            "retailer_id": retailer,
            "retailer_name": retailer_names[retailer],
            "quantity": 1,
            "total_amount": Decimal(amount),
            "status": "completed",
            "transaction_id": _identified(time, f"seed payment {user}")[1],
            "account_id": account,
            "created_at": to_iso(moment),
        }


def _payments() -> Iterator[dict[str, Any]]:
    """Yield the two records of the payment of each of `PURCHASES`."""
    for time, user, account, _, retailer, amount in PURCHASES:
        moment, transaction_id = _identified(time, f"seed payment {user}")
        retailer_account = _account_of(retailer, "checking")
        for owner, owned, sign in ((user, account, -1), (retailer, retailer_account, 1)):
            yield {
                "account_id": owned,
                "timestamp_txn_id": f"{to_iso(moment)}#{transaction_id}",
                "user_id": owner,
                "transaction_id": transaction_id,
                "type": "payment",
                "amount": sign * Decimal(amount),
                "currency": "MXN",
                "from_account": account,
                "to_account": retailer_account,
                "status": "completed",
                "created_at": to_iso(moment),
            }


def _identified(time: str, seed_text: str) -> tuple[datetime, str]:
    moment = datetime.fromisoformat(time)
    return moment, time_ordered_id(moment, seed_text)


if __name__ == "__main__":
    run(seed, "retailers, accounts and products")
