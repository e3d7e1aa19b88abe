"""Finding products by category and by words, as people in Mexico say them.

Words are compared without case, accents and plural, and split where letters meet digits, so that
"128GB" is "128 gb". A few everyday words stand for one thing (`SYNONYMS`), and a category answers
to its Spanish names (`CATEGORY_NAMES`). Nothing else is guessed: a word is there or it is not.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from action_groups.marketplace.store import text_of
from shared.dynamodb import Item
from shared.text import composed, fold, word_set

CATEGORY_NAMES: Final = {
    "electronics": "electrónica electrónicos tecnología",
    "clothing": "ropa moda vestimenta clothes",
    "food": "comida alimentos despensa abarrotes supermercado",
    "home": "hogar casa",
    "beauty": "belleza cosméticos",
    "sports": "deportes deportivo",
    "toys": "juguetes juguetería",
    "books": "libros librería",
    "health": "salud farmacia",
    "travel": "viajes turismo",
}
"""What else each category of the specification is called."""

SYNONYMS: Final = {
    "tele": "televisor",
    "tv": "televisor",
    "televisión": "televisor",
    "cel": "celular",
    "teléfono": "celular",
    "smartphone": "celular",
    "compu": "computadora",
    "refri": "refrigerador",
    "bici": "bicicleta",
}


_STOP_WORDS: Final = word_set(
    "a al con de del e el en la las lo los mi mis o para por que su sus u un una unas unos y "
    "and for of the with"
)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_MIN_STEM_LETTERS: Final = 3


@lru_cache(maxsize=2048)
def words_of(text: str) -> frozenset[str]:
    """Return the words that say something, each in the form in which words are compared."""
    return frozenset(filter(None, map(_comparable, _WORD.findall(composed(text)))))


def category_called(name: str, known: Sequence[str]) -> str:
    """Return the known category of this name, in English or Spanish, or the name itself."""
    wanted = _category_key(name)
    return next((category for category in known if _category_key(category) == wanted), name)


def is_in_category(item: Item, category: str) -> bool:
    """Tell whether the category of a product's item is this one, however either is written."""
    return _category_key(text_of(item, "category")) == _category_key(category)


def has_words(item: Item, wanted: frozenset[str], retailer_name: str) -> bool:
    """Tell whether the texts of a product's item, its category and its retailer have the words."""
    category = text_of(item, "category")
    said = (
        text_of(item, "name"),
        text_of(item, "description"),
        category,
        CATEGORY_NAMES.get(_category_key(category), ""),
        item["retailer_id"],
    )
    lacking = wanted - words_of(" ".join(said))
    return not lacking or lacking <= words_of(retailer_name)


@lru_cache(maxsize=8192)
def _comparable(word: str) -> str:
    """Return the form of a word in which it is compared, or nothing for one that says nothing."""
    folded = fold(word)
    if folded in _STOP_WORDS:
        return ""
    stem = _stem(folded)
    return _synonym_stems().get(stem, stem)


def _stem(word: str) -> str:
    """Return the word without what a Spanish or English plural adds, and without a last e.

    The e goes from singulars as well, since "cables" alone does not tell "cable" from "cabl".
    """
    stem = word.removesuffix("s") if len(word) > _MIN_STEM_LETTERS else word
    if len(stem) > _MIN_STEM_LETTERS and stem.endswith("e"):
        stem = stem.removesuffix("e")
        return f"{stem[:-1]}z" if stem.endswith("c") else stem
    return stem


@cache
def _synonym_stems() -> dict[str, str]:
    return {_stem(fold(word)): _stem(fold(meant)) for word, meant in SYNONYMS.items()}


@cache
def _categories_by_name() -> dict[str, str]:
    return {
        _stem(fold(name)): category
        for category, names in CATEGORY_NAMES.items()
        for name in (category, *names.split())
    }


@lru_cache(maxsize=256)
def _category_key(name: str) -> str:
    """Return one key for all names of a category."""
    folded = " ".join(fold(name).split())
    return _categories_by_name().get(_stem(folded), folded)
