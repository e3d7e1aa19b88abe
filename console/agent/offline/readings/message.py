"""A message and what is found out about it."""

from typing import Final

from console.agent.offline.intents import Intent, intents_of
from console.agent.offline.mood import Mood, mood_of
from console.agent.offline.shopping import names_a_product
from console.agent.offline.text import Said
from console.agent.offline.verbs import Act
from console.agent.offline.vocabulary import OWING

ACTS: Final[tuple[Act, ...]] = ("SEND", "ADD", "BUY")
_MAX_FRAGMENT_WORDS: Final = 9


class Message:
    """A message, with what is found out about it when it is first needed."""

    def __init__(self, said: Said, asked_for: tuple[str, ...], guarded: bool) -> None:
        self.said = said
        self.asked_for = asked_for
        self.intents: list[Intent] = intents_of(said)
        self.guarded = guarded
        self._moods: dict[Act, Mood] = {}

    def mood(self, act: Act) -> Mood:
        """Tell how the message speaks of an act."""
        if act not in self._moods:
            self._moods[act] = mood_of(self.said, act, guarded=self.guarded)
        return self._moods[act]

    @property
    def has_mood(self) -> bool:
        """Whether it speaks of any act."""
        return any(self.mood(act) != "none" for act in ACTS)

    @property
    def may_answer(self) -> bool:
        """Whether nothing in it speaks of an act in a way that no answer does."""
        return all(self.mood(act) in {"none", "order", "doubtful"} for act in ACTS)

    @property
    def is_about_else(self) -> bool:
        """Whether it asks for something else than what is half done."""
        return bool(set(self.intents) - {"yes", "no", "search"}) or (
            "search" in self.intents and names_a_product(self.said)
        )

    @property
    def is_fragment(self) -> bool:
        """Whether it is so short that it goes on from what was said before."""
        return len(self.said.tokens) <= _MAX_FRAGMENT_WORDS

    @property
    def speaks_of_debts(self) -> bool:
        """Whether it says who owes something."""
        return any(token.word in OWING for token in self.said.tokens)

    @property
    def is_asking(self) -> bool:
        """Whether it is a question."""
        return "?" in self.said.text or "¿" in self.said.text
