"""A brain that does what it is told in so many words, for tests of what is around a brain."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from console.agent.brain import BrainUnavailable, Call, CallOutcome, Heard, Say

_PAIR = re.compile(r"(\w+)=(?:\"([^\"]*)\"|(\S+))")


class ScriptedBrain:
    """Understands `say TEXT`, `call OPERATION name=value ...`, `wait SECONDS`, `fail`, `break`.

    After a call it says what became of it. Anything else it repeats.
    """

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._numbers = count(1)
        self._sleep = sleep

    def step(self, inputs: Sequence[Heard | CallOutcome]) -> Iterator[Say | Call]:
        outcomes = [item for item in inputs if isinstance(item, CallOutcome)]
        heard = [item for item in inputs if isinstance(item, Heard)]
        if not heard:
            for outcome in outcomes:
                yield Say(f"{outcome.call.operation_id}: {outcome.kind} {outcome.status}. ")
            return
        word, _, rest = heard[-1].text.partition(" ")
        if word == "call":
            operation_id, _, given = rest.partition(" ")
            arguments = {name: quoted or bare for name, quoted, bare in _PAIR.findall(given)}
            yield Call(f"call-{next(self._numbers)}", operation_id, arguments)
        elif word == "wait":
            yield Say("Un momento")
            self._sleep(float(rest))
            yield Say(", ya está.")
        elif word == "fail":
            raise BrainUnavailable("El modelo no contesta. Inténtalo otra vez.")
        elif word == "break":
            raise RuntimeError("a secret that must not be shown")
        else:
            for piece in re.findall(r"\S+\s*", rest if word == "say" else heard[-1].text):
                yield Say(piece)
