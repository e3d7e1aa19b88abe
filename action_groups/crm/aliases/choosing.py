"""Which aliases a customer may give to a beneficiary: those that cannot mean somebody else."""

from collections.abc import Sequence
from typing import Any, Final

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.folding import Key, content_words, key_words
from action_groups.crm.aliases.phrases import is_readable, split
from action_groups.crm.aliases.records import (
    Written,
    alias_senses,
    contradict,
    relationship_senses,
)
from action_groups.crm.aliases.words import singular_of
from shared.text import alphabets, tokens_of

MAX_ALIAS_DIGITS: Final = 6
MIN_ALIAS_CHARACTERS: Final = 2


def alias_problem(
    key: Key, *, name: str, relationship: str, others: Sequence[Written[Any]]
) -> str | None:
    """Tell what to correct in an alias that could send money to the wrong person, if anything.

    No other beneficiary has the same one, which is asked before by its key.
    """
    own_name = tokens_of(name)
    return (
        _writing_problem(key.written, key)
        or _wording_problem(key.words)
        or _several_people_problem(key.tokens, own_name, others)
        or _namesake_problem(key, own_name, others)
        or _kinship_problem(key.tokens, own_name, relationship)
    )


def _writing_problem(alias: str, key: Key) -> str | None:
    if not is_readable(alias):
        return "The alias has invisible or control characters: write it with plain letters."
    if len(alphabets(alias)) > 1:
        return "The alias mixes letters of several alphabets: write it with the letters of one."
    if sum(map(str.isdigit, alias)) > MAX_ALIAS_DIGITS:
        return "The alias looks like an account or telephone number: use a name instead."
    if not any(map(str.isalpha, key.text)):
        return "The alias has no word that names somebody: use a name or a relationship."
    if len(key.text) < MIN_ALIAS_CHARACTERS:
        return "The alias is only one letter: use a whole word that names the person."
    return None


def _wording_problem(words: Sequence[str]) -> str | None:
    if any(word in vocabulary.COMMANDS for word in words):
        return "The alias has a word that tells the assistant what to do: use only a name."
    if all(word in vocabulary.SELF for word in words):
        return "The alias stands for the customer: use a word that names the other person."
    if words[0] in vocabulary.HEDGES or all(
        word in vocabulary.REPLIES or word in vocabulary.SELF for word in words
    ):
        return "The alias does not tell which person it is: use a name or a relationship."
    return None


def _several_people_problem(
    tokens: Sequence[str], name: Sequence[str], others: Sequence[Written[Any]]
) -> str | None:
    own_name = set(content_words(name))
    parts = [part for part in map(content_words, split(tokens)) if part]
    if len(parts) > 1:
        names = (key_words(other.name) for other in others)
        first_names = {words[0] for words in names if words}
        if all(_starts_with_person(part[0], first_names) for part in parts):
            return "The alias names several people: use one that names only this person."
    if any(singular_of(part[0]) and not own_name.issuperset(part) for part in parts):
        return "The alias stands for several people: use one that names only this person."
    return None


def _starts_with_person(word: str, first_names: set[str]) -> bool:
    return (
        word in first_names
        or vocabulary.is_given_name(word)
        or word in vocabulary.HYPOCORISTICS
        or word in vocabulary.sense_table()
    )


def _namesake_problem(key: Key, name: Sequence[str], others: Sequence[Written[Any]]) -> str | None:
    is_own_name = {*key.words} <= {*key_words(name)}
    for other in others:
        other_name = key_words(other.name) if key.may_be_in(other.name) else []
        is_part_of_name = {*key.words} <= {*other_name} and not is_own_name
        if is_part_of_name or key.words in (other_name, other_name[:1]):
            return (
                "The alias is the name of another beneficiary: ask for one that tells the two "
                "apart, such as the name with the surname."
            )
    return None


def _kinship_problem(tokens: Sequence[str], name: Sequence[str], relationship: str) -> str | None:
    called = alias_senses(tuple(content_words(tokens)), tuple(content_words(name)))
    if contradict(called, relationship_senses(relationship)):
        return (
            "The alias says another relationship than `relationship` does: ask the customer which "
            "of the two is right."
        )
    return None
