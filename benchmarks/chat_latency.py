"""How long a chat takes to answer, turn by turn, on a fresh local stack.

Run from the root of the checkout: python -m benchmarks.chat_latency

The conversations are the two of the README, with the brain that needs no model. A turn lasts from
handing over what the person wrote to the end of the answer. The reference is one invocation of a
warm function, measured in the same run: a turn's ratio to it tells how many invocations' time it
took, whatever the machine.
"""

import statistics
import time
from collections.abc import Iterator
from uuid import uuid4

from console.agent.events import OperationRequested
from console.agent.invocation import invocation
from console.agent.operations import find_operation
from console.chat.session import ChatService, ChatSettings
from console.chat.stack import ChatStack
from console.chat.watch import Watch
from console.ports import free_port
from console.where import Where

_ROUNDS = 15
_CONVERSATIONS = (
    ("Transfiere 100 pesos a mi hermano", "sí", "¿cuánto me queda?"),
    ("quiero una tele", "¿cuál me conviene a meses?", "cómprala", "sí"),
)


def turns(service: ChatService, user_id: str) -> Iterator[tuple[str, int, float]]:
    """Yield every message, how many calls it led to, and the seconds until it was answered."""
    for messages in _CONVERSATIONS:
        conversation = service.open(user_id)
        for message in messages:
            started = time.perf_counter()
            calls = sum(isinstance(e, OperationRequested) for e in conversation.say(message))
            yield message, calls, time.perf_counter() - started


def warm_invocation(stack: ChatStack) -> float:
    """Return the median seconds of one invocation of a warm function."""
    event = invocation(
        find_operation("getBalance"),
        {},
        session_id=str(uuid4()),
        session_attributes={"user_id": "user-maria"},
    )
    taken = []
    for _ in range(_ROUNDS + 1):
        started = time.perf_counter()
        stack.send(event)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken[1:])


def main() -> None:
    """Print the turns of both conversations, cold and warm."""
    with ChatStack(Where(port=free_port()), print) as stack:
        service = ChatService(ChatSettings(), stack, Watch(stack))
        cold = list(turns(service, "user-maria"))
        warm = list(turns(service, "user-maria"))
        reference = warm_invocation(stack)
    print(f"reference: one warm invocation, 1.00 = {reference * 1000:.0f} ms\n")
    print("| message | calls | first time | again |\n|---|---|---|---|")
    for (message, calls, first), (_, _, again) in zip(cold, warm, strict=True):
        print(
            f"| {message} | {calls} | {first:.2f} s, {first / reference:.1f} "
            f"| {again:.2f} s, {again / reference:.1f} |"
        )


if __name__ == "__main__":
    main()
