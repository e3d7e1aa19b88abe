"""The open tasks: the first is gone on with until it waits for a yes, the others wait behind it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from console.agent.brain import Say
from console.agent.offline.finding import is_called, named
from console.agent.offline.lexicon import kinds
from console.agent.offline.orders import Reading
from console.agent.offline.talk import Asked, Flow, Reply, Talk, Task
from console.agent.offline.text import Part, words_of
from console.agent.offline.transferring import Transfer, called_so


def go_on(talk: Talk, task: Task, *others: Task) -> Flow:
    """Go on with a task as far as what is known allows, and after it with those behind it."""
    if talk.memory.waiting not in {None, task, *others}:
        yield Say(talk.text("queued", what=names(talk, talk.memory.open[:1])) + "\n")
    if gone := talk.memory.begin(task, *others):
        yield Say(talk.text("gives_way", what=names(talk, gone)) + "\n")
    if others:
        yield Say(talk.text("several_orders", count=1 + len(others)) + "\n")
    question = yield from task.settle(talk)
    if question is None and (task.unread or not task.is_sure):
        question = _sure(talk, task)
    yield from show(talk, task) if question is None else [question]


def show(talk: Talk, task: Task) -> Flow:
    """Have the first task confirmed, and tell what became of it; then go on with the next.

    What was left or refused may be asked for otherwise; what may have been done waits.
    """
    memory = talk.memory
    memory.state, memory.done, task.was_shown = "shown", task, True
    (outcome,) = yield (talk.call(task.operation_id, task.given),)
    body = talk.answered(outcome)
    if body is not None:
        memory.drop(task)
        yield from task.receipt(talk, body)
    else:
        if outcome.kind == "answered":
            memory.begin(task)
            code = str(((outcome.body or {}).get("error") or {}).get("code", ""))
            wrong = code.partition("_")[0].lower()
            memory.asked = Asked((wrong,) if wrong in {"alias", "account"} else ())
        elif outcome.kind == "declined":
            memory.drop(task, *(one for one in memory.open if one.after is task))
            memory.state = "left"
        payers = {task.given.get("from_account"), task.given.get("account_id")}
        had = [own.available for own in memory.accounts if own.account_id in payers]
        cost = task.told(talk).get("cost") or 0
        yield talk.explain(outcome, *(left for left in had if left < cost))
        if outcome.kind == "answered" and memory.open[1:]:
            behind = [(frozenset[str](), partial(memory.drop, task))]
            told = names(talk, memory.open[1:])
            question = talk.ask("still_behind", *memory.asked.wanted, choices=behind, what=told)
            yield replace(question, delta="\n" + question.delta)
    if task not in memory.open:
        yield from _next(talk)


def _next(talk: Talk) -> Flow:
    if talk.memory.open:
        yield Say("\n" + talk.text("next_order") + "\n")
        yield from go_on(talk, talk.memory.open[0])


def _sure(talk: Talk, task: Task) -> Say:
    """Ask whether what is spoken of is to be done at all; say what of it was not read."""
    said, sure = task.unread, partial(vars(task).update, unread="", is_sure=True)
    yes = (frozenset[str](), sure)
    question = talk.ask(f"sure_{task.kind}", "confirmation", choices=[yes], **task.told(talk))
    return Say(f"{talk.text('unread', said=said)} {question.delta}", "asked") if said else question


def queue(talk: Talk, tasks: Sequence[Task]) -> Flow:
    """Put tasks behind what waits for a yes."""
    talk.memory.open += [task for task in tasks if task not in talk.memory.open]
    yield talk.say("queued", what=names(talk, tasks))


def drop(talk: Talk, gone: Sequence[Task]) -> Flow:
    """Drop some of the open tasks, and say which; go on with the next."""
    is_first = talk.memory.task in gone
    yield talk.say("dropped", what=names(talk, gone)) if gone else talk.say("nothing_pending")
    talk.memory.drop(*gone)
    if is_first:
        yield from _next(talk)


def _is_bare_first(part: Part) -> bool:
    return (part.kind, part.value, part.last) == ("ordinal", 1, part.first + 1)


def meant(talk: Talk, reading: Reading) -> list[Task]:
    """Return the open tasks that a message may point to: "la segunda", "el de Sofi"."""
    known, said = talk.memory.open, reading.of("person", "name", "reason")
    words = words_of(" ".join(str(part.value) for part in said)) or named(reading, "unread")
    numbers = [part.value for part in reading.of("ordinal") if not _is_bare_first(part)]
    sure = [p for p in reading.of("amount") if p.is_sure and not words]
    amounts = {p.value for p in sure if p.way or reading.match(p.first - 1, "definite", "no")}
    amounts |= {p.value for p in sure if reading.match(p.last, "no")}
    called = [(task, f"{task.called} {task.told(talk).get('product', '')}") for task in known]
    fitting = [task for task, name in called if words and is_called(words_of(name), words)]
    fitting += [known[n - (n > 0)] for n in numbers if abs(n) <= len(known)]
    fitting += [one for part in reading.of("same") for one in called_so(talk, part.value)]
    fitting = fitting or [one for one in known if one.told(talk).get("cost") in amounts]
    fitting = fitting or [one for one in known if reading.of(*kinds(f"of_{one.kind}"))]
    return list(dict.fromkeys(fitting))


def reordered(talk: Talk, reading: Reading) -> Reply | None:
    """Take another open order first, "primero la de Sofi"; or swap the ends of one, "al revés"."""
    memory, is_swap = talk.memory, reading.has("swap")
    pointing = ("person", "name", "reason", "ordinal", "other", "here", "from", "begin", "swap")
    is_meant = is_swap or reading.has("begin") or any(map(_is_bare_first, reading.parts))
    if reading.beside(*kinds("filling"), *pointing) or not is_meant:
        return None
    if memory.open[1:]:
        first = memory.open[-1:] if is_swap or reading.has("other") else meant(talk, reading)
        return go_on(talk, first[0]) if len(first) == 1 else None
    waiting = memory.waiting if is_swap else None
    own = memory.known.own_accounts
    if not isinstance(waiting, Transfer) or waiting.given["to_account"] not in own:
        return None
    source, to = waiting.given["from_account"], waiting.given["to_account"]
    waiting.given |= {"from_account": to, "to_account": source}
    return go_on(talk, waiting)


def names(talk: Talk, tasks: Sequence[Task]) -> str:
    """Return what tasks are, in a few words each."""
    return "; ".join(task.name(talk) for task in tasks)


def listed(talk: Talk) -> Flow:
    """List what is open."""
    talk.memory.topic = "tasks"
    lines = talk.numbered(task.name(talk) for task in talk.memory.open)
    yield talk.lines([talk.text("tasks_head"), *lines]) if lines else talk.say("nothing_pending")


def total(talk: Talk) -> Reply | None:
    """Tell what the open tasks come to; None when none costs anything."""
    costs = [cost for task in talk.memory.open if (cost := task.told(talk).get("cost"))]
    return talk.say("total_open", total=sum(costs)) if costs else None
