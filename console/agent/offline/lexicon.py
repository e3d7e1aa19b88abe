"""The words of the two languages, read from `words/`: what each may mean, and what is like it."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from jellyfish import damerau_levenshtein_distance

from console.agent.language import Language, undrawn
from console.agent.offline.text import TOKEN, Part, Token
from shared.text import fold

_WORDS: Final = Path(__file__).parent / "words"
_LANGUAGES: Final[tuple[Language, ...]] = ("es", "en")
_MIN_TYPO_LETTERS: Final = 6
_MIN_TWO_TYPOS_LETTERS: Final = 9
_MIN_NUMBER_LETTERS: Final = 3
_LONG_NUMBER: Final = 7
_LAST_LATIN_LETTER: Final = 0x24F
_ABOUT_VERBS: Final = ("act", "ending", "stems")

Phrase = tuple[str, ...]


class Verb(NamedTuple):
    """What a word is a form of."""

    act: str
    form: str
    """`order` beyond doubt; `bare`, `formal`, `polite`, `infinitive`, `subjunctive`, `past`,
    `other`; `doubtful` where it may be several of these."""


class Lexicon:
    """What the file of a language says."""

    def __init__(self, language: Language) -> None:
        data = _file(language)
        self.language, self.grammar = language, data["grammar"]
        self.replies: Mapping[str, str] = data["replies"]
        intents = data["intents"] | data.get("operations", {})
        self.intents = {name: list(_phrases(row)) for name, row in intents.items()}
        """What is asked for, each with phrases for it; some are operations without a flow."""
        counted = ((sort, n, row) for sort, by in data["numbers"].items() for n, row in by.items())
        self.numbers = {word: (int(n), sort) for sort, n, row in counted for word in row.split()}
        """What number words count, and how they join others: a table of `[numbers]`."""
        self.spell, self.categories = (_by_word(data.get(n, {})) for n in ("spell", "categories"))
        self.sets = {name: frozenset[str](row.split()) for name, row in data["sets"].items()}
        sold = dict.fromkeys(self.of("things"), "") | _by_word(data.get("products", {}))
        ends = ("es", "s", "")
        self.things = {word + end: name for end in ends for word, name in sold.items()}
        """What shops sell, with what they call it where that is another word."""
        self.verbs: dict[str, Verb] = {}
        """By the form as it is written, and by the form without accents."""
        for row in data["verb"]:
            for form, word in _forms(row, data.get("ending", {})):
                is_other = fold(word) in self.of("no_verbs")
                for written in () if is_other else {word, fold(word)}:
                    known = self.verbs.setdefault(written, Verb(row["act"], form))
                    if known.form != form:
                        self.verbs[written] = Verb(known.act, "doubtful")
        self.phrases: dict[str, dict[Phrase, list[tuple[str, str]]]] = {}
        """By the first word, the longest phrases first: their kinds, with values before without."""
        kinds_of = ((k, t if isinstance(t, dict) else {"": t}) for k, t in data["words"].items())
        entries = [(p, k, v) for k, by in kinds_of for v, row in by.items() for p in _phrases(row)]
        for phrase, *told in sorted(entries, key=lambda entry: (-len(entry[0]), not entry[2])):
            self.phrases.setdefault(phrase[0], {}).setdefault(phrase, []).append((*told,))
        verbs = set(map(fold, self.verbs))
        self.known = verbs.union(self.numbers, *(phrase for phrase, *_ in entries))
        """The words that mean anything in this language."""
        asked = {word for row in self.intents.values() for phrase in row for word in phrase}
        asked = (asked | self.of("looked_for")) - self.numbers.keys()
        likely = {word for word in asked if len(word) >= _MIN_TYPO_LETTERS}
        likely |= {verb for verb in verbs if len(verb) > _MIN_TYPO_LETTERS}
        self.likely: dict[str, list[str]] = {}
        """By their ends, its long words that are asked with, looked for, or verbs."""
        for word in likely:
            self.likely.setdefault(word[0] + word[-1], []).append(word)
        orders = {written for written, verb in self.verbs.items() if verb.form != "past"}
        same = _by_word(data["same"])
        self.same = same | {fold(w): one for w, one in same.items() if fold(w) not in orders}
        """Words that ask for the same, by the one of them that stands for all."""

    def is_near_number(self, word: str) -> bool:
        """Tell whether a word that is none may be a number misspelt."""
        return bool(near_numbers(word)) and word not in self.known

    @cached_property
    def sold(self) -> frozenset[str]:
        """All words for what shops sell: those of people, of the shops, and for many things."""
        return self.of("category_names").union(self.things, map(fold, self.things.values()))

    def of(self, name: str) -> frozenset[str]:
        """Return the words of a set."""
        return self.sets.get(name, frozenset())


@dataclass
class Cursor:
    """Looks at the tokens of a message; no place is out of bounds."""

    words: Lexicon
    text: str
    tokens: Sequence[Token]

    def quote(self, first: int, last: int) -> str:
        """Return the tokens from `first` up to `last`, as they were written."""
        if first >= last:
            return ""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]

    @cached_property
    def phrases(self) -> list[list[Part]]:
        """The phrases that begin at each token, the longest first."""
        found, said = list[list[Part]](), tuple(token.word for token in self.tokens)
        for at, word in enumerate(said):
            known = self.words.phrases.get(word, {})
            ends = range(min(at + len(next(iter(known), ())), len(said)), at, -1)
            found.append([Part(k, at, n, v) for n in ends for k, v in known.get(said[at:n], ())])
        return found

    def match(self, at: int, *kinds: str) -> Part | None:
        """Return the longest phrase of any of these kinds that begins at a token."""
        phrases = self.phrases[at] if 0 <= at < len(self.tokens) else ()
        return next((phrase for phrase in phrases if phrase.kind in kinds), None)

    def word(self, at: int) -> str:
        """Return the word of a token, or nothing beyond the ends."""
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""

    def verb(self, at: int) -> Verb | None:
        """Return what a token is a form of; without its accents it may be several."""
        said, known = (self.tokens[at].said if at < len(self.tokens) else ""), self.words.verbs
        return known.get(said.lower()) or known.get(self.word(at))

    def after(self, at: int, *kinds: str) -> int:
        """Return the place after a phrase of these kinds; where there is none, the end."""
        found = self.match(at, *kinds)
        return found.last if found is not None else len(self.tokens)

    def past(self, at: int, *kinds: str, limit: int = 4) -> int:
        """Return the place after phrases of these kinds."""
        while limit and (found := self.match(at, *kinds)) is not None:
            at, limit = found.last, limit - 1
        return at


# --- reading the files ---


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((_WORDS / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def lexicon(language: Language) -> Lexicon:
    """Return what is known of a language, and of the other one the words that it has not."""
    words, other = map(Lexicon, sorted(_LANGUAGES, key=lambda one: one != language))
    for name in ("numbers", "spell", "verbs", "phrases", "things", "categories", "same"):
        own, more = getattr(words, name), getattr(other, name)
        is_any = name in {"things", "categories", "same"}
        more = {word: v for word, v in more.items() if is_any or fold(word) not in words.known}
        setattr(words, name, more | own)
    words.sets = {name: words.of(name) | other.of(name) for name in words.sets | other.sets}
    both = words.intents | other.intents
    words.intents = {n: [*words.intents.get(n, ()), *other.intents.get(n, ())] for n in both}
    return words


def _by_word(rows: Mapping[str, Any]) -> dict[str, str]:
    return {word: name for name, row in rows.items() for word in row.split()}


def _phrases(row: str) -> Iterator[Phrase]:
    for phrase in row.split(","):
        if words := tuple(fold(found.group()) for found in TOKEN.finditer(phrase)):
            yield words


def _forms(row: Mapping[str, str], endings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a verb's forms, or those of all the stems that have the same endings."""
    said = [(form, w) for form in row if form not in _ABOUT_VERBS for w in row[form].split()]
    for stem in row.get("stems", "").split():
        for form, ends in endings[row["ending"]].items():
            hard = f"{stem}u" if stem.endswith("g") else stem
            said += [(form, (hard if fold(e)[0] == "e" else stem) + e) for e in ends.split()]
    for form, word in said:
        yield form, word
        joined = form if form == "infinitive" else "order"
        yield from ((joined, word + c) for c in endings.get("clitics", {}).get(form, "").split())


# --- spelling ---


def tokens_of(text: str, language: Language) -> list[Token]:
    """Split a text into tokens, with what is short or misspelt made regular.

    Never into or out of a number: a number word that is misspelt stays unread.
    """
    tokens = []
    for found in TOKEN.finditer(text):
        said, folded = found.group(), undrawn(fold(found.group()))
        exact = lexicon(language).spell.get(said.lower()) if said.lower() != fold(said) else None
        usual = exact.split() if exact else usual_spelling(folded.replace("’", "'"), language)
        tokens += [Token(said, word, *found.span(), str(found.lastgroup)) for word in usual]
    return tokens


def usual_spelling(word: str, language: Language) -> Sequence[str]:
    """Return the usual spelling of a folded word, or the word itself."""
    words = lexicon(language)
    if word in words.spell:
        return words.spell[word].split()
    if word.endswith("'s"):
        return (*usual_spelling(word.removesuffix("'s"), language), "s")
    known = (words.of("names"), words.things, *(lexicon(one).known for one in _LANGUAGES))
    if len(word) < _MIN_TYPO_LETTERS - 1 or not word.isalpha() or any(word in k for k in known):
        return (word,)
    return (_nearest(word, language) or word,)


@lru_cache(maxsize=4096)
def _nearest(word: str, language: Language) -> str:
    """Return the only known word that this may be a slip of, or nothing.

    Neither the first nor the last letter may be wrong: they tell verbs' forms apart.
    """
    allowed, known = 1 + (len(word) >= _MIN_TWO_TYPOS_LETTERS), lexicon(language)
    alike = known.likely.get(word[0] + word[-1], ())
    near = sorted((damerau_levenshtein_distance(word, other), other) for other in alike)
    best = [other for slips, other in near if slips == near[0][0] <= allowed]
    meanings = {known.verbs.get(other) or other for other in best}
    return best[0] if len(meanings) == 1 and not near_numbers(word) else ""


@lru_cache(maxsize=4096)
def near_numbers(word: str) -> Phrase:
    """Return the number words of both languages that a word may be a slip of; not itself."""
    if len(word) < _MIN_NUMBER_LETTERS or not word.isalpha():
        return ()
    long = {n for one in _LANGUAGES for n in lexicon(one).numbers if len(n) >= _MIN_NUMBER_LETTERS}
    near = sorted((damerau_levenshtein_distance(word, one), one) for one in long - {word})
    return tuple(number for slips, number in near if slips <= 1 + (len(number) >= _LONG_NUMBER))


def is_foreign(said: Cursor) -> bool:
    """Tell whether a message is in a language that is neither Spanish nor English."""
    letters, foreign = [c for c in said.text if c.isalpha()], said.words.of("foreign")
    strange = sum(ord(letter) > _LAST_LATIN_LETTER for letter in letters)
    return strange * 2 > len(letters) or sum(t.word in foreign for t in said.tokens) > 1


# --- sentences and kinds ---

_KINDS: Final = _file("kinds")
BANK: Final = _file("bank")
"""What the bank says of itself in each language: its name, telephone, hours and fees."""
REFUSED: Final[Mapping[str, str]] = _KINDS["refused"]
"""The sentences for an order that is none, by the kind of part that makes it none."""
TOLD_AS: Final[Mapping[str, str]] = _by_word(_KINDS["told"])
"""What each kind of part is told to the person as; kinds that only join are in none."""


@cache
def kinds(*groups: str) -> tuple[str, ...]:
    """Return the kinds of parts of these groups."""
    return tuple(kind for group in groups for kind in _KINDS["groups"][group].split())


def benefit_name(language: Language, benefit: str) -> str:
    """Return what a benefit such as MSI-12 is called."""
    kind, _, months = benefit.partition("-")
    return f"{months} MSI" if months else lexicon(language).replies.get(f"benefit_{kind}", benefit)
