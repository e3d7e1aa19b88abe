"""Whole numbers in words, Spanish and English, read strictly: what is not one is not read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

_Read = tuple[int, int]
"""A number, and the position after its last word."""
_Reader = Callable[[Sequence[str], int], _Read | None]

_ES_SMALL: Final = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro "
    "veinticinco veintiseis veintisiete veintiocho veintinueve"
)
_EN_SMALL: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
SMALL: Final[Mapping[str, int]] = {
    **{word: value for value, word in enumerate(_ES_SMALL.split())},
    **{word: value for value, word in enumerate(_EN_SMALL.split())},
    **dict.fromkeys(("un", "una"), 1),
    **dict.fromkeys(("veintiun", "veintiuna"), 21),
}
_TENS: Final[Mapping[str, int]] = {
    word: value
    for row in (
        "treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "thirty forty fifty sixty seventy eighty ninety",
    )
    for value, word in zip(range(30, 100, 10), row.split(), strict=True)
} | {"twenty": 20}
_HUNDREDS: Final[Mapping[str, int]] = {
    f"{stem}{ending}": value
    for value, stem in (
        *((200, "doscient"), (300, "trescient"), (400, "cuatrocient"), (500, "quinient")),
        *((600, "seiscient"), (700, "setecient"), (800, "ochocient"), (900, "novecient")),
    )
    for ending in ("os", "as")
}
_HUNDRED, _THOUSAND, _MILLION = 100, 1_000, 1_000_000
_TEN: Final = 10
_THOUSANDS: Final = frozenset({"mil", "thousand"})
_MILLIONS: Final = frozenset({"millon", "millones", "million"})
_ONE: Final = frozenset({"a", "one", "un", "uno", "una"})

NUMBER_WORDS: Final = frozenset(
    {*SMALL, *_TENS, *_HUNDREDS, *_THOUSANDS, *_MILLIONS, "cien", "ciento", "hundred"}
)


def read_number(words: Sequence[str], start: int) -> _Read | None:
    """Return the number that begins at a word, the longest one that it may be."""
    millions = _before(words, start, _MILLIONS, _below_million)
    if millions is None:
        return _below_million(words, start)
    count, position = millions
    position += 1 if words[position : position + 1] == ["de"] else 0
    rest = _below_million(words, position)
    value = count * _MILLION
    return (value, position) if rest is None else (value + rest[0], rest[1])


def read_below_thousand(words: Sequence[str], start: int) -> _Read | None:
    """Return the number under a thousand that begins at a word."""
    word = _at(words, start)
    if word == "cien":
        return _HUNDRED, start + 1
    if word == "ciento":
        return _plus(_HUNDRED, words, start + 1)
    if word in _HUNDREDS:
        return _plus(_HUNDREDS[word], words, start + 1)
    if _at(words, start + 1) == "hundred":
        count = 1 if word in _ONE else SMALL.get(word, 0)
        return _plus(count * _HUNDRED, words, start + 2) if count else None
    return _below_hundred(words, start)


def _below_million(words: Sequence[str], start: int) -> _Read | None:
    if _at(words, start) == "mil":
        return _plus_below_thousand(_THOUSAND, words, start + 1)
    thousands = _before(words, start, _THOUSANDS, read_below_thousand)
    if thousands is None:
        return read_below_thousand(words, start)
    return _plus_below_thousand(thousands[0] * _THOUSAND, words, thousands[1])


def _before(words: Sequence[str], start: int, unit: frozenset[str], read: _Reader) -> _Read | None:
    """Return how many of a unit there are, and the position after it."""
    if _at(words, start) == "a" and _at(words, start + 1) in unit:
        return 1, start + 2
    count = read(words, start)
    if count is None or _at(words, count[1]) not in unit:
        return None
    return count[0], count[1] + 1


def _plus_below_thousand(value: int, words: Sequence[str], start: int) -> _Read:
    after = start + 1 if _at(words, start) == "and" else start
    rest = read_below_thousand(words, after)
    return (value, start) if rest is None else (value + rest[0], rest[1])


def _plus(value: int, words: Sequence[str], start: int) -> _Read:
    after = start + 1 if _at(words, start) == "and" else start
    rest = _below_hundred(words, after)
    return (value, start) if rest is None else (value + rest[0], rest[1])


def _below_hundred(words: Sequence[str], start: int) -> _Read | None:
    word = _at(words, start)
    if word in _TENS:
        joined = start + 2 if _at(words, start + 1) in {"y", "-"} else start + 1
        unit = SMALL.get(_at(words, joined), 0)
        is_joined = 0 < unit < _TEN and (joined == start + 2 or _TENS[word] == _TENS["twenty"])
        is_english = 0 < unit < _TEN and word.endswith("y")
        if is_joined or is_english:
            return _TENS[word] + unit, joined + 1
        return _TENS[word], start + 1
    if word == "diez" and _at(words, start + 1) == "y":
        unit = SMALL.get(_at(words, start + 2), 0)
        return (_TEN + unit, start + 3) if 0 < unit < _TEN else (_TEN, start + 1)
    return (SMALL[word], start + 1) if word in SMALL else None


def _at(words: Sequence[str], position: int) -> str:
    return words[position] if position < len(words) else ""
