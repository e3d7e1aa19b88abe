"""The customer's channel: asks for terms, has a yes signed, and sends the proof, as things go.

A yes may come late, be sent twice or at two doors, or meet other terms; an answer may be lost and
asked for again. Some try without one: they forge it, or use somebody's for something else.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from random import Random
from typing import Any

from console.agent import invocation
from console.agent.operations import read_operations
from shared.confirmation import MAC_ALGORITHM
from tests.simulation.bank import CUSTOMERS
from tests.simulation.cloud import Cloud
from tests.simulation.orders import Answer, Order, typed, with_other_content
from tests.support.tables import CONFIRMATION_KEY_ARN

FUNCTIONS = {"createPurchase": "marketplace", "addBeneficiary": "crm"}
operations = cache(read_operations)
_LATE_SECONDS = (595, 599, 601, 605, 900)


@dataclass(frozen=True, slots=True)
class Yes:
    """What a customer said yes to: an operation, and the terms and warnings that were shown."""

    user_id: str
    operation_id: str
    request_id: str
    terms: dict[str, Any]
    warnings: frozenset[str]
    expires_at: datetime


class Channel:
    """Carries what customers ask for to the functions, and their yeses."""

    def __init__(self, cloud: Cloud, random: Random, tell: Callable[[str], None]) -> None:
        self._cloud = cloud
        self._random = random
        self._tell = tell
        self._proofs: list[str] = []
        self.yeses: dict[str, Yes] = {}
        """By the id that records keep of it."""

    def ask(self, order: Order, tries: int = 3) -> None:
        """Ask for the terms, again while there is no answer, and go on as the customer says.

        Where no proof is needed, this carries it out.
        """
        request_id = order.request_id or ""
        order.uses[request_id] += self._cloud.is_trusting

        def done(status: int, body: dict[str, Any]) -> None:
            if status == 428:
                self._show(order, body["confirmation"])
            elif self._cloud.is_trusting or status == 200:
                order.answers.append(Answer(request_id, status, body))
            if (status == 0 or status >= 500) and tries > 1:
                self._soon(lambda: self.ask(order, tries - 1))

        self._call(order, None, done)

    def _show(self, order: Order, confirmation: dict[str, Any]) -> None:
        """Let the customer say yes or no, and let others try what they should not."""
        random, after = self._random, self._cloud.scheduler.after
        if not self._agrees(order, confirmation):
            if random.random() < 0.7:
                forged = self._signed(confirmation["challenge"], "another-key")
                self._try(order, forged, "a yes that nobody said")
            return
        proof = self._say_yes(order, confirmation)
        seconds = random.choice((0, 0, 0, 0.05, 1, 20))
        if random.random() < 0.08:
            seconds = random.choice(_LATE_SECONDS)
        request_id = confirmation["request_id"]
        after(seconds, partial(self._confirm, order, proof, request_id))
        if random.random() < 0.12:
            again = seconds + random.choice((0.0, 0.01, 0.1, 700))
            after(again, partial(self._confirm, order, proof, request_id))
        if random.random() < 0.1:
            again = seconds + random.choice((0.0, 0.01, 0.1, 700))
            after(again, partial(self._publish, order, proof, request_id))
        if random.random() < 0.15:
            again = seconds + random.choice((0.0, 0.02, 1))
            after(again, partial(self._misuse, order, proof))

    def _agrees(self, order: Order, confirmation: dict[str, Any]) -> bool:
        """Tell whether the customer says yes; nobody who sees a duplicate says so twice."""
        other = order.yeses - {confirmation["request_id"]}
        warnings = {warning["code"] for warning in confirmation["warnings"]}
        if other and (order.kind == "PURCHASE" or "POSSIBLE_DUPLICATE" in warnings):
            return False
        return self._random.random() < 0.9

    def _say_yes(self, order: Order, confirmation: dict[str, Any]) -> str:
        challenge = confirmation["challenge"]
        order.yeses.add(confirmation["request_id"])
        self._tell(f"order {order.number}: yes to {confirmation['request_id']}")
        self.yeses[_name_of(challenge)] = Yes(
            user_id=order.user_id,
            operation_id=order.operation_id,
            request_id=confirmation["request_id"],
            terms=confirmation["terms"],
            warnings=frozenset(w["code"] for w in confirmation["warnings"]),
            expires_at=datetime.fromisoformat(confirmation["expires_at"]),
        )
        proof = self._signed(challenge, CONFIRMATION_KEY_ARN)
        self._proofs.append(proof)
        return proof

    def _signed(self, challenge: str, key: str) -> str:
        made = self._cloud.kms.generate_mac(
            KeyId=key, Message=challenge.encode(), MacAlgorithm=MAC_ALGORITHM
        )
        return f"{challenge}.{base64.urlsafe_b64encode(made['Mac']).rstrip(b'=').decode()}"

    def _confirm(self, order: Order, proof: str, request_id: str, tries: int = 3) -> None:
        """Send a proof among others of the session; when the answer is lost, send it again."""
        others = [other for other in self._proofs if _asked(other) != _asked(proof)]
        mixed = self._random.sample(others, min(len(others), self._random.randint(0, 2)))
        mixed.insert(self._random.randint(0, len(mixed)), proof)
        order.uses[request_id] += 1

        def done(status: int, body: dict[str, Any]) -> None:
            code = body.get("error", {}).get("code")
            if code == "TERMS_CHANGED":
                self._show(order, body["confirmation"])
            elif status not in {403, 428}:
                order.answers.append(Answer(request_id, status, body))
            if (status == 0 or status >= 500) and tries > 1:
                if order.kind == "TRANSFER" and self._random.random() < 0.3:
                    self._soon(lambda: self.ask(order))
                else:
                    self._soon(lambda: self._confirm(order, proof, request_id, tries - 1))

        self._call(order, " ".join(mixed), done)

    def _publish(self, order: Order, proof: str, request_id: str) -> None:
        """Send the same yes to the bus."""
        order.uses[request_id] += 1
        self._tell(f"order {order.number} at the bus too")
        self._cloud.ask_on_bus(
            order.event_type, request_id, order.user_id, typed(order.arguments), confirmation=proof
        )

    def _misuse(self, order: Order, proof: str) -> None:
        """Use a yes for something else, or for somebody else."""
        if self._random.random() < 0.5:
            other = with_other_content(order, order.number)
            self._try(other, proof, "the yes to something else")
        else:
            user_id = self._random.choice([u for u in CUSTOMERS if u != order.user_id])
            self._try(order, proof, f"the yes of somebody else, by {user_id}", user_id)

    def _try(self, order: Order, proof: str, what: str, user_id: str | None = None) -> None:
        self._tell(f"order {order.number}: {what}")
        self._call(order, proof, lambda _status, _body: None, user_id or order.user_id)

    def _soon(self, do: Callable[[], None]) -> None:
        self._cloud.scheduler.after(0.5 + 3 * self._random.random(), do)

    def _call(
        self,
        order: Order,
        proofs: str | None,
        done: Callable[[int, dict[str, Any]], None],
        user_id: str | None = None,
    ) -> None:
        attributes = {"user_id": user_id or order.user_id, "confirmation": proofs}
        attributes["request_id"] = order.request_id
        event = invocation.invocation(
            operations()[order.operation_id],
            order.arguments,
            session_id=f"session-{order.number}",
            session_attributes={name: held for name, held in attributes.items() if held},
        )

        def answered(answer: Any, failure: str | None) -> None:
            status, body = decoded(answer) if failure is None else (0, {})
            self._tell(f"order {order.number} answered {status} {_told(body)}{failure or ''}")
            done(status, body)

        self._cloud.invoke(FUNCTIONS.get(order.operation_id, "core-banking"), event, answered)


def decoded(answer: Any) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of an answer to an agent."""
    response = answer["response"]
    body = response["responseBody"]["application/json"]["body"]
    return response["httpStatusCode"], json.loads(body, parse_float=Decimal)


def _name_of(challenge: str) -> str:
    """Return what names a yes on records and events: 128 bits of a digest."""
    digest = hashlib.sha256(challenge.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _asked(proof: str) -> str:
    """Return the digest of the call of a proof: of two for the same call the newer counts."""
    return proof.split(".")[-3]


def _told(body: dict[str, Any]) -> str:
    if "error" in body:
        return str(body["error"].get("code", ""))
    told = (body.get("status"), body.get("purchase_id") or body.get("transaction_id"))
    return " ".join(str(part) for part in told if part) + (
        " repeated" if "repeated" in body else ""
    )
