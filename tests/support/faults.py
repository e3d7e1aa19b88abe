"""Accesses to DynamoDB that go wrong on purpose, and ones without the conditions that protect."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from shared.dynamodb import ConditionCheck, DynamoDB, TransactionCancelled, Write

Commit = Callable[[], None]
Step = Callable[[Commit], None]


def plainly(commit: Commit) -> None:
    """Commit, and nothing else."""
    commit()


def after(change: Callable[[], object]) -> Step:
    """Let another change in between what was read and the commit."""

    def step(commit: Commit) -> None:
        change()
        commit()

    return step


def cancelled(*reasons: str) -> Step:
    """Commit nothing, for these reasons."""

    def step(_commit: Commit) -> None:
        raise TransactionCancelled(reasons)

    return step


def committed_but_cancelled(*reasons: str) -> Step:
    """Commit, and report the opposite, as when the first answer is lost and the client retries."""

    def step(commit: Commit) -> None:
        commit()
        raise TransactionCancelled(reasons)

    return step


class ScriptedDatabase(DynamoDB):
    """Takes one step of the script at each commit, and commits plainly when it is at its end."""

    def __init__(self, client: Any, script: Iterable[Step] = ()) -> None:
        super().__init__(client)
        self._script = iter(script)
        self.attempts = 0

    def transact(self, writes: Sequence[Write]) -> None:
        self.attempts += 1
        next(self._script, plainly)(lambda: super(ScriptedDatabase, self).transact(writes))


class CarelessDatabase(ScriptedDatabase):
    """Commits the writes that `is_careless` picks whatever their condition says.

    A test of a guarantee runs once more with it, to show that the condition is what keeps it.
    """

    def __init__(
        self, client: Any, is_careless: Callable[[Write], bool], script: Iterable[Step] = ()
    ) -> None:
        super().__init__(client, script)
        self._is_careless = is_careless

    def transact(self, writes: Sequence[Write]) -> None:
        writes = [w for w in writes if not (isinstance(w, ConditionCheck) and self._is_careless(w))]
        super().transact([_Unconditional(w) if self._is_careless(w) else w for w in writes])  # type: ignore[misc]


class FailingDatabase(DynamoDB):
    """Fails at everything with one error."""

    def __init__(self, error: Exception) -> None:
        super().__init__(_FailingClient(error))  # type: ignore[arg-type]


class ReadOnlyDatabase(DynamoDB):
    """Takes no change: for requests that must not get as far as one."""

    def transact(self, writes: Sequence[Write]) -> None:
        raise AssertionError("a commit was tried")


class _FailingClient:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> Any:
        def fail(**_arguments: Any) -> None:
            raise self._error

        return fail


def client_error(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def in_table(*names: str) -> Callable[[Write], bool]:
    return lambda write: write.table.endswith(names)


class _Unconditional:
    """A write without its condition, and without what only the condition used."""

    def __init__(self, write: Write) -> None:
        self._write = write

    def entry(self) -> dict[str, Any]:
        [(kind, body)] = self._write.entry().items()
        del body["ConditionExpression"]
        expression = body.get("UpdateExpression", "")
        for name in ("ExpressionAttributeValues", "ExpressionAttributeNames"):
            declared = body.pop(name, {})
            used = {k: v for k, v in declared.items() if re.search(rf"{k}\b", expression)}
            if used:
                body[name] = used
        return {kind: body}
