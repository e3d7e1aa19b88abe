"""A brain that obeys commands in messages, for tests of everything but the brain."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from console.agent.brain import BrainUnavailable, Call, CallOutcome, Heard, Say

_PAIR = re.compile(r"(\w+)=(?:\"([^\"]*)\"|(\S+))")


class CommandedBrain:
    """Understands `transfiere AMOUNT`, `call OPERATION name=value ...`, `say` and `wait`.

    It breaks off at `fail` and `break`, and repeats anything else. After a call it says what became
    of it. A transfer goes from María to Juan.
    """

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, *, is_model: bool = False
    ) -> None:
        self.is_model = is_model
        self._numbers = count(1)
        self._sleep = sleep

    def step(self, inputs: Sequence[Heard | CallOutcome]) -> Iterator[Say | Call]:
        outcomes = [item for item in inputs if isinstance(item, CallOutcome)]
        heard = [item for item in inputs if isinstance(item, Heard)]
        if not heard:
            for outcome in outcomes:
                yield Say(f"{outcome.call.operation_id}: {outcome.kind} {outcome.status}. ")
            return
        yield from self._said(heard[-1].text)

    def _said(self, text: str) -> Iterator[Say | Call]:
        word, _, rest = text.partition(" ")
        if word == "transfiere":
            accounts = {"from_account": "acc-maria-checking", "to_account": "acc-juan-checking"}
            yield Call(f"call-{next(self._numbers)}", "createTransfer", accounts | {"amount": rest})
        elif word == "call":
            operation_id, _, given = rest.partition(" ")
            arguments = {name: quoted or bare for name, quoted, bare in _PAIR.findall(given)}
            yield Call(f"call-{next(self._numbers)}", operation_id, arguments)
        elif word == "wait":
            yield Say("Un momento")
            seconds, _, then = rest.partition(" ")
            self._sleep(float(seconds))
            yield Say(", ya está.")
            yield from self._said(then) if then else ()
        elif word == "fail":
            raise BrainUnavailable("El modelo no contesta. Inténtalo otra vez.")
        elif word == "break":
            raise RuntimeError("a secret that must not be shown")
        else:
            for piece in re.findall(r"\S+\s*", rest if word == "say" else text):
                yield Say(piece)
