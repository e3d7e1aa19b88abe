"""The words of the two languages, read from `words/`: what each may mean, and what is like it."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from jellyfish import damerau_levenshtein_distance

from console.agent.language import Language
from console.agent.offline.text import Said, Token, split
from shared.text import fold

_WORDS: Final = Path(__file__).parent / "words"
_LANGUAGES: Final[tuple[Language, ...]] = ("es", "en")
_MIN_TYPO_LETTERS: Final = 6
_MIN_TWO_TYPOS_LETTERS: Final = 9
_MIN_NUMBER_LETTERS: Final = 3
_LONG_NUMBER_LETTERS: Final = 7
_MIN_VERB_LETTERS: Final = 7
_LAST_LATIN_LETTER: Final = 0x24F

Phrase = tuple[str, ...]


class Verb(NamedTuple):
    """What a word is a form of."""

    act: str
    form: str
    """`order` beyond doubt; `bare`, `formal`, `polite`, `infinitive`, `subjunctive`, `past`,
    `other`."""


class Match(NamedTuple):
    """A phrase that stands somewhere: what it means, how many words it has, and its value."""

    kind: str
    length: int
    value: str = ""


@dataclass
class Lexicon:
    """What is known of one language."""

    language: Language
    replies: Mapping[str, str]
    intents: Mapping[str, list[Phrase]]
    grammar: Mapping[str, Any]
    numbers: dict[str, int] = field(default_factory=dict)
    number_rules: dict[str, Any] = field(default_factory=dict)
    spelled: dict[str, Phrase] = field(default_factory=dict)
    verbs: dict[str, list[Verb]] = field(default_factory=dict)
    """By the form as it is written, and by the form without accents."""
    phrases: dict[str, list[tuple[Phrase, str, str]]] = field(default_factory=dict)
    """Phrases, kinds and values by the first word, the longest first."""
    known: set[str] = field(default_factory=set)
    products: dict[str, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    sets: dict[str, frozenset[str]] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    """Words that ask for the same, by the one of them that stands for all."""

    def verbs_of(self, token: Token) -> list[Verb]:
        """Return what a word may be a form of: without its accents it may be several."""
        said = token.said.lower()
        if said != token.word and said in self.verbs:
            return self.verbs[said]
        return self.verbs.get(token.word, [])

    def matches(self, tokens: Sequence[Token], at: int) -> list[Match]:
        """Return the phrases that begin at a token, the longest first."""
        return [
            Match(kind, len(phrase), value)
            for phrase, kind, value in self.phrases.get(tokens[at].word, ())
            if all(
                at + place < len(tokens) and tokens[at + place].word == word
                for place, word in enumerate(phrase)
            )
        ]


@dataclass(frozen=True)
class Words:
    """Both languages, the one that is spoken first: the other helps where it knows nothing."""

    first: Lexicon
    second: Lexicon

    def match(self, tokens: Sequence[Token], at: int, *kinds: str) -> Match | None:
        """Return the longest phrase of any of these kinds that begins at a token."""
        if at >= len(tokens):
            return None
        matches = self.first.matches(tokens, at)
        if not matches and not self.first.verbs_of(tokens[at]):
            matches = self.second.matches(tokens, at)
        return next((m for m in matches if m.kind in kinds), None)

    def verbs_of(self, token: Token) -> list[Verb]:
        """Return what a word may be a form of."""
        return self.first.verbs_of(token) or (
            self.second.verbs_of(token) if token.word not in self.first.known else []
        )

    def number(self, word: str) -> int | None:
        """Return the number that a word is."""
        own = self.first.numbers.get(word)
        if own is None and word not in self.first.known:
            return self.second.numbers.get(word)
        return own

    def rules(self, word: str) -> Mapping[str, Any]:
        """Return how the language of a number word puts numbers together."""
        return (self.first if word in self.first.numbers else self.second).number_rules

    def knows(self, word: str) -> bool:
        """Tell whether a word means anything in the language that is spoken."""
        return word in self.first.known

    def is_near_number(self, word: str) -> bool:
        """Tell whether a word that is none may be a number misspelt."""
        return bool(near_numbers(word)) and not self.knows(word)

    def of(self, name: str) -> frozenset[str]:
        """Return the words of a set in both languages."""
        return self.first.sets.get(name, frozenset()) | self.second.sets.get(name, frozenset())

    def gender(self, word: str) -> str:
        """Return whom a name or a relation is said of: `m`, `f`, or nothing."""
        return next((g for g in "mf" if word in self.of(f"gender_{g}")), "")

    def match_word(self, word: str, kind: str) -> bool:
        """Tell whether a word alone is of a kind in the language that is spoken."""
        return any(p == (word,) and k == kind for p, k, _ in self.first.phrases.get(word, ()))

    def product(self, word: str) -> str:
        """Return what the shops call a thing."""
        for lexicon in (self.first, self.second):
            for form in (word, word.removesuffix("s"), word.removesuffix("es")):
                if form in lexicon.products:
                    return lexicon.products[form]
        return ""

    def category(self, word: str) -> str:
        """Return the category that a word stands for or is found in."""
        return self.first.categories.get(word) or self.second.categories.get(word, "")


@dataclass
class Cursor:
    """Looks at the tokens of a message; no place is out of bounds."""

    words: Words
    tokens: Sequence[Token]

    def match(self, at: int, *kinds: str) -> Match | None:
        """Return the longest phrase of any of these kinds that begins at a token."""
        return self.words.match(self.tokens, at, *kinds) if at >= 0 else None

    def word(self, at: int) -> str:
        """Return the word of a token, or nothing beyond the ends."""
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""

    def past(self, at: int, *kinds: str, limit: int = 4) -> int:
        """Return the place after phrases of these kinds."""
        for _ in range(limit):
            found = self.match(at, *kinds)
            if found is None:
                break
            at += found.length
        return at


@cache
def lexicon(language: Language) -> Lexicon:
    """Return what is known of a language."""
    data = tomllib.loads((_WORDS / f"{language}.toml").read_text(encoding="utf-8"))
    intents = {
        name: [tuple(phrase) for phrase in _phrases(row)] for name, row in data["intents"].items()
    }
    made = Lexicon(language, data["replies"], intents, data.get("grammar", {}))
    rules = dict(data["numbers"])
    made.number_rules = {name: rules.pop(name) for name in list(rules) if not name.isdigit()}
    made.numbers = {word: int(value) for value, row in rules.items() for word in row.split()}
    made.spelled = {
        word: tuple(usual.split()) for usual, row in data["spell"].items() for word in row.split()
    }
    for row in data["verb"]:
        _add_verbs(made, row, data.get("ending", {}))
    for kind, row in data["words"].items():
        _add_phrases(made, kind, "", row)
    for kind, rows in data["values"].items():
        for value, row in rows.items():
            _add_phrases(made, kind, value, row)
    for found in made.phrases.values():
        found.sort(key=lambda entry: -len(entry[0]))
    made.known |= made.numbers.keys() | {fold(form) for form in made.verbs}
    made.products = {
        word: name for name, row in data.get("products", {}).items() for word in row.split()
    }
    made.categories = {
        word: name for name, row in data.get("categories", {}).items() for word in row.split()
    }
    made.same = {w: one for one, row in data.get("same", {}).items() for w in row.split()}
    made.same |= {fold(w): one for w, one in made.same.items() if not _is_form(made, fold(w))}
    made.sets = {name: frozenset(row.split()) for name, row in data.get("sets", {}).items()}
    return made


@cache
def examples() -> Mapping[str, Sequence[str]]:
    """Return the example phrases of operations that have no flow of their own, by operation."""
    found: dict[str, list[str]] = {}
    for language in _LANGUAGES:
        data = tomllib.loads((_WORDS / f"{language}.toml").read_text(encoding="utf-8"))
        for operation_id, row in data.get("operations", {}).items():
            found.setdefault(operation_id, []).extend(p.strip() for p in row.split(","))
    return found


def words_for(language: Language) -> Words:
    """Return both languages, this one first."""
    return Words(lexicon(language), lexicon("en" if language == "es" else "es"))


def _is_form(made: Lexicon, word: str) -> bool:
    """Tell whether a word without its accent is an order's form as well."""
    return any(verb.form != "past" for verb in made.verbs.get(word, ()))


def _phrases(row: str) -> Iterator[list[str]]:
    for phrase in row.replace("\n", " ").split(","):
        words = [fold(found.group()) for found in split(phrase.strip())]
        if words:
            yield words


def _add_phrases(made: Lexicon, kind: str, value: str, row: str) -> None:
    for words in _phrases(row):
        made.phrases.setdefault(words[0], []).append((tuple(words), kind, value))
        made.known.update(words)


def _add_verbs(made: Lexicon, row: Mapping[str, str], endings: Mapping[str, Any]) -> None:
    """Add a verb's forms, or those of all the stems that have the same endings."""
    act, clitics = row["act"], endings.get("clitics", {})
    forms: list[tuple[str, str]] = []
    for form, said in row.items():
        if form not in {"act", "ending", "stems"}:
            forms += [(form, word) for word in said.split()]
    for stem in row.get("stems", "").split():
        for form, said in endings[row["ending"]].items():
            for ending in said.split():
                before_e = f"{stem}u" if stem.endswith("g") and fold(ending)[0] == "e" else stem
                forms.append((form, before_e + ending))
    for form, word in forms:
        _add_form(made, Verb(act, form), word)
        for clitic in clitics.get(form, "").split():
            _add_form(made, Verb(act, form if form == "infinitive" else "order"), word + clitic)


def _add_form(made: Lexicon, verb: Verb, word: str) -> None:
    if fold(word) in made.grammar.get("no_verbs", "").split():
        return
    for written in {word, fold(word)}:
        entries = made.verbs.setdefault(written, [])
        if verb not in entries:
            entries.append(verb)


# --- spelling ---


def read(text: str, language: Language) -> Said:
    """Split a text into tokens, with what is short or misspelt made regular.

    Never into or out of a number: a number word that is misspelt stays unread.
    """
    tokens = []
    for found in split(text):
        said = found.group()
        exact = lexicon(language).spelled.get(said.lower()) if said.lower() != fold(said) else None
        usual = exact or usual_spelling(fold(said).replace("’", "'"), language)
        tokens += [Token(said, word, found.start(), found.end()) for word in usual]
    return Said(text, tuple(tokens))


def usual_spelling(word: str, language: Language) -> Phrase:
    """Return the usual spelling of a folded word, or the word itself."""
    words = words_for(language)
    for known in (words.first, words.second):
        if word in known.spelled and (known is words.first or not words.knows(word)):
            return known.spelled[word]
    if word.endswith("'s"):
        return (*usual_spelling(word.removesuffix("'s"), language), "s")
    is_known = any(word in one.known or word in one.products for one in (words.first, words.second))
    if is_known or len(word) < _MIN_TYPO_LETTERS or not word.isalpha():
        return (word,)
    if word in words.of("names") or near_numbers(word):
        return (word,)
    return (_nearest(word, language) or word,)


@lru_cache(maxsize=4096)
def _nearest(word: str, language: Language) -> str:
    """Return the only known word that this may be a slip of, or nothing.

    Neither the first nor the last letter may be wrong: they tell verbs' forms apart.
    """
    allowed = 2 if len(word) >= _MIN_TWO_TYPOS_LETTERS else 1
    known = lexicon(language)
    near = sorted(
        (distance, candidate)
        for candidate in _candidates(language)
        if candidate[0] == word[0]
        and candidate[-1] == word[-1]
        and abs(len(candidate) - len(word)) <= allowed
        and (distance := damerau_levenshtein_distance(word, candidate)) <= allowed
    )
    best = [candidate for distance, candidate in near if distance == near[0][0]]
    meanings = {tuple(known.verbs.get(candidate, ())) or candidate for candidate in best}
    return best[0] if len(meanings) == 1 else ""


@cache
def _candidates(language: Language) -> frozenset[str]:
    known = lexicon(language)
    verbs = {form for form in map(fold, known.verbs) if len(form) >= _MIN_VERB_LETTERS}
    asked = {word for phrases in known.intents.values() for phrase in phrases for word in phrase}
    common = (asked | known.sets.get("looked_for", frozenset())) - known.numbers.keys()
    return frozenset({word for word in common if len(word) >= _MIN_TYPO_LETTERS} | verbs)


@lru_cache(maxsize=4096)
def near_numbers(word: str) -> Phrase:
    """Return the number words of both languages that a word may be a slip of; not itself."""
    if len(word) < _MIN_NUMBER_LETTERS or not word.isalpha():
        return ()
    found = []
    for language in _LANGUAGES:
        for number in lexicon(language).numbers:
            allowed = 2 if len(number) >= _LONG_NUMBER_LETTERS else 1
            if (
                word != number
                and len(number) >= _MIN_NUMBER_LETTERS
                and abs(len(number) - len(word)) <= allowed
            ):
                distance = damerau_levenshtein_distance(word, number)
                if distance <= allowed:
                    found.append((distance, number))
    return tuple(number for _, number in sorted(found))


def is_foreign(said: Said, foreign: Iterable[str]) -> bool:
    """Tell whether a message is in a language that is neither Spanish nor English."""
    letters = [c for c in said.text if c.isalpha()]
    strange = sum(ord(letter) > _LAST_LATIN_LETTER for letter in letters)
    words = set(foreign)
    return strange * 2 > len(letters) or sum(t.word in words for t in said.tokens) > 1


# --- sentences ---


def reply(language: Language, key: str, **fields: object) -> str:
    """Return a sentence with its fields filled in."""
    return lexicon(language).replies[key].format(**{**bank_profile(language), **fields})


@cache
def bank_profile(language: Language) -> Mapping[str, str]:
    """Return what the bank says of itself: its name, telephone, hours and fees."""
    profile = tomllib.loads((_WORDS / "bank.toml").read_text(encoding="utf-8"))[language]
    return {name: str(value) for name, value in profile.items()}


def refusal(language: Language, code: str, message: str) -> str:
    """Return why the bank declined: by its code, else in the bank's own words."""
    known = lexicon(language).replies.get(f"refused_{code}")
    return reply(language, "refused", message=message or code) if known is None else known


def benefit_name(language: Language, benefit: str) -> str:
    """Return what a benefit such as MSI-12 is called."""
    kind, _, months = benefit.partition("-")
    known = lexicon(language).replies.get(f"benefit_{kind}")
    return f"{months} MSI" if months else known or benefit
