"""Adding a beneficiary: read who it is, ask for what is not said, tell the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.agent.offline.lexicon import kinds
from console.agent.offline.orders import Reading
from console.agent.offline.talk import Flow, Question, Talk, Task
from console.agent.offline.things import person_of

_LITTLE: Final = ("particle", "article", "to", "also")
_MARKS: Final = {"name_is": "name", "alias_is": "alias", "account_is": "account_id"}
_JOINING: Final = ':"“”«»'
"""Signs between what names a field and what is said of it."""
_ASKED: Final = {"name": "name", "alias": "alias", "account": "account_id"}


@dataclass(eq=False, kw_only=True)
class Addition(Task):
    """A beneficiary to add."""

    operation_id: str = "addBeneficiary"
    kind = "add"

    def settle(self, talk: Talk) -> Question:
        """Ask for the first that is missing."""
        yield from ()
        who = self.given.get("alias") or self.given.get("name")
        missing = next((n for n in ("name", "account_id", "alias") if n not in self.given), "")
        key = f"ask_{missing}" if who else "ask_whom_to_add"
        return talk.ask(key, missing.removesuffix("_id"), who=who) if missing else None

    def receipt(self, talk: Talk, body: Mapping[str, Any]) -> Flow:
        """Say who was added."""
        added, key = body["beneficiary"], "add_repeated" if body.get("repeated") else "added"
        talk.memory.last_person = person_of(added)
        yield talk.say(key, name=added["name"], alias=added["alias"])

    def told(self, talk: Talk) -> dict[str, Any]:
        """Return who it is."""
        return {"who": self.given.get("name") or self.given.get("alias") or talk.text("someone")}


def read_addition(reading: Reading, asked: str = "") -> Addition:
    """Return what a message says of somebody to add: words up to a sign or what names a field.

    The first words are of the field that was asked for. Where none is asked for or named, they are
    an alias if they say what somebody is, "mi tía Lupita"; else a name, then an alias.
    """
    account, runs = _runs(reading, _ASKED.get(asked, ""))
    given, unread = {"account_id": account} if account else {}, list[str]()
    for named, first, last in sorted(runs, key=lambda run: not run[0]):
        called = reading.quote(first, last)
        found = (reading.match(place, "relation") for place in range(first, last))
        relation = next(filter(None, found), None) if named != "name" else None
        slot = named or ("alias" if "name" in given and "alias" not in given else "name")
        if relation is not None:
            given.setdefault("relationship", reading.quote(relation.first, relation.last))
            rest = reading.quote(relation.last, last)
            if not named and rest:
                given.setdefault("name", rest)
            slot = named or "alias"
        if slot == "beside" or called not in given.setdefault(slot, called):
            unread.append(called)
    unread.append(reading.quoted(reading.of(*kinds("adding_nobody"))))
    return Addition(given=given, unread=", ".join(filter(None, unread)))


def _runs(reading: Reading, named: str) -> tuple[str, list[tuple[str, int, int]]]:
    """Return the account that is said, and the runs of words with the field that each is of."""
    kind_at = {p: part.kind for part in reading.parts for p in range(part.first, part.last)}
    account, runs, following = "", list[tuple[str, int, int]](), 0
    for place, kind in kind_at.items():
        if place < following:
            continue
        token, mark = reading.tokens[place], reading.match(place, "add_frame", *_MARKS)
        is_determined = reading.match(place, "definite", "possessive") is not None
        is_called = is_determined or kind not in kinds("quiet", "adding_nobody", "unnamed")
        following = place + 1
        if token.kind == "identifier":
            account, named = token.said, ""
        elif named == "account_id" and token.kind == "number":
            account += token.said
        elif mark is not None:
            named, following = _MARKS.get(mark.kind, ""), mark.last
        elif token.kind != "word" or not is_called:
            named = named if token.said in _JOINING else ""
            named = "beside" if kind in {"and", "question"} else named
        elif runs and runs[-1][2] == place:
            runs[-1] = (*runs[-1][:2], following)
        elif is_determined or not reading.match(place, *_LITTLE):
            is_other = named == "account_id"
            if not is_other or kind in {"person", "name"}:
                runs.append(("" if is_other else named, place, following))
    return account, runs
