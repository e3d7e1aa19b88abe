"""Adding a beneficiary: read who it is, ask for what is not said, tell the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.agent.offline.lexicon import kinds
from console.agent.offline.orders import Reading
from console.agent.offline.talk import Flow, Question, Talk, Task
from console.agent.offline.things import person_of
from shared.text import fold

_MARKS: Final = {"name_is": "name", "alias_is": "alias", "account_is": "account"}
_Run = tuple[str, int, int]
"""The field that words are of, and where they begin and end."""


@dataclass(eq=False)
class Addition(Task):
    """A beneficiary to add; what is not said is empty."""

    name_said: str = ""
    alias: str = ""
    account_id: str = ""
    relationship: str = ""
    kind = "add"

    def fill(self, said: "Addition") -> bool:
        """Put in what another one says; return whether it says anything."""
        for name in ("name_said", "alias", "account_id", "relationship"):
            setattr(self, name, getattr(said, name) or getattr(self, name))
        self.unread = said.unread
        return bool(said.name_said or said.alias or said.account_id)

    def settle(self, talk: Talk) -> Question:
        """Ask for what is missing."""
        yield from ()
        who = self.alias or self.name_said
        if not who:
            return talk.ask("ask_whom_to_add", "name")
        if not self.name_said:
            return talk.ask("ask_name", "name", who=who)
        if not self.account_id:
            return talk.ask("ask_beneficiary_account", "account", who=who)
        return None if self.alias else talk.ask("ask_alias", "alias")

    def call(self) -> tuple[str, dict[str, str]]:
        """Return addBeneficiary with its arguments."""
        said = {"alias": self.alias, "account_id": self.account_id}
        rest = {"name": self.name_said, "relationship": self.relationship}
        return "addBeneficiary", {**said, **rest}

    def receipt(self, talk: Talk, body: Mapping[str, Any]) -> Flow:
        """Say who was added."""
        talk.memory.last_person = person_of(body["beneficiary"])
        added, key = body["beneficiary"], "add_repeated" if body.get("repeated") else "added"
        yield talk.say(key, name=added["name"], alias=added["alias"])

    def told(self, talk: Talk) -> dict[str, str]:
        """Return who it is."""
        return {"who": self.name_said or self.alias or talk.text("someone")}

    def refused(self, code: str) -> tuple[str, ...]:
        """Ask for another alias where the bank refused this one."""
        if not code.startswith("ALIAS_"):
            return ()
        self.alias = ""
        return ("alias",)


def read_addition(reading: Reading, asked: Sequence[str] = ()) -> Addition:
    """Return what a message says of somebody to add: words up to a sign or what names a field.

    The first words are of the field that was asked for.
    """
    said, tokens, words, place = Addition(), reading.tokens, reading.words, 0
    field, runs = next((name for name in asked if name != "account"), ""), list[_Run]()
    while place < len(tokens):
        token, following = tokens[place], place + 1
        mark = reading.match(place, *_MARKS)
        lead = reading.match(place, "add_frame", "courtesy", "register", "will", "correcting")
        is_verb = any(verb.act in {"add", "give", "send"} for verb in words.verbs_of(token))
        is_named = any(field == "name" for field, *_ in runs)
        if token.is_identifier:
            said.account_id, field = token.said, ""
        elif mark is not None and not (
            mark.kind == "alias_is" and reading.match(place + 1, "add_frame")
        ):
            field, following = _MARKS[mark.kind], mark.last
        elif "account" in (field, *asked) and any(c.isdigit() for c in token.said):
            said.account_id += token.said
        elif token.is_sign or lead is not None or (is_verb and not is_named):
            field = field if token.said == ":" else ""
            following = lead.last if lead is not None else following
        elif token.is_word and field != "account":
            is_little = reading.match(place, "particle", "article", "to", "also", "and")
            if runs and runs[-1][2] == place:
                runs[-1] = (*runs[-1][:2], following)
            elif is_little is None or reading.match(place, "possessive", "definite"):
                runs.append((field, place, following))
        place = following
    _put(reading, said, [(field, reading.said.quote(*run)) for field, *run in runs])
    said.unread = reading.quoted(reading.of(*kinds("adding_nobody")))
    return said


def _put(reading: Reading, said: Addition, runs: list[tuple[str, str]]) -> None:
    first = dict(reversed(runs))
    said.name_said, said.alias = first.get("name", ""), first.get("alias", "")
    for called in (quote for field, quote in runs if not field):
        relation, after = _relation(reading, called)
        if relation and not said.alias:
            said.alias, said.name_said = called, said.name_said or after
        elif not said.name_said:
            said.name_said = called
        else:
            said.alias = said.alias or called
    said.relationship = _relation(reading, said.alias)[0]


def _relation(reading: Reading, called: str) -> tuple[str, str]:
    """Return the word that says what somebody is, and the name after it: "mi tía Lupita"."""
    words = called.split()
    for place, word in enumerate(words):
        if reading.words.match_word(fold(word), "relation"):
            return word, " ".join(words[place + 1 :])
    return "", ""
