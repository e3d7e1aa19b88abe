"""The chat in a terminal: a conversation typed at a prompt, read from a pipe, or given with -m."""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.styles import Style
from rich.console import Console

from console.agent.card import amount_of, receiver_of
from console.agent.conversation import Conversation
from console.agent.events import (
    BusEvent,
    ConfirmationAsked,
    ConfirmationGiven,
    Problem,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
)
from console.agent.language import Language
from console.agent.wording import printable
from console.chat.rendering import JsonLines, Output, Plain, Renderer
from console.chat.session import ChatService
from console.chat.watch import Subscription

EXIT_CODES: Final[Mapping[TurnOutcome, int]] = {
    "answered": 0,
    "refused": 1,
    "confirmation": 3,
    "asked": 4,
    "not_understood": 4,
    "failed": 5,
}
EXIT_UNREADABLE: Final = 1
_GOES_ON: Final[frozenset[TurnOutcome]] = frozenset({"answered", "asked", "confirmation"})
"""Outcomes after which the next message of a script makes sense."""

_UNREADABLE: Final = frozenset({"EMPTY", "TOO_LONG", "CONTROL_CHARACTERS", "NOTHING_TO_CONFIRM"})

_LISTENING_SECONDS: Final = 5.0
_FIRST_EVENT_SECONDS: Final = 3.0
_QUIET_SECONDS: Final = 0.5

_WELCOME: Final = """\
CENTLI · {name} ({user}) · {place} · {brain}
Escribe lo que necesitas: «Transfiere 100 pesos a mi hermano», «ayuda».
/usuario ID habla como otro cliente, /traza muestra lo que pasa por debajo, /salir termina.
In English too: "Send 100 pesos to my brother", "help"; /user ID, /trace, /quit.
"""
_COMMANDS: Final[Mapping[str, str]] = {
    "/salir": "quit",
    "/quit": "quit",
    "/usuario": "user",
    "/user": "user",
    "/traza": "trace",
    "/trace": "trace",
}
_NOTHING_SAID: Final = """\
centli: nothing was said. Run this in a terminal to type, pipe a message into it, or give one:
centli chat -m "¿cuánto tengo?\""""
_NOT_COVERED: Final = (
    "centli: --yes does not cover this, and it was not done: what a person has to check, such as "
    "an account never paid before, it confirms under --yes-up-to and --yes-to only."
)
_UNKNOWN_COMMAND: Final[Mapping[Language, str]] = {
    "es": "No hay `{command}`. Hay: /usuario ID, /traza, /salir.",
    "en": "There is no `{command}`. There are: /user ID, /trace, /quit.",
}
_WHICH_CUSTOMER: Final[Mapping[Language, str]] = {
    "es": "Di como quién: /usuario ID. Hay: {others}.",
    "en": "Say as whom: /user ID. There are: {others}.",
}
_UNKNOWN_CUSTOMER: Final[Mapping[Language, str]] = {
    "es": "No hay un cliente `{user}`. Hay: {others}.",
    "en": "There is no customer `{user}`. There are: {others}.",
}
_ALL_IS_SHOWN: Final[Mapping[Language, str]] = {
    "es": "Se muestra todo lo que pasa.",
    "en": "All that happens is shown.",
}
_TALK_IS_SHOWN: Final[Mapping[Language, str]] = {
    "es": "Se muestra solo la conversación.",
    "en": "Only the conversation is shown.",
}
_INTERRUPTED: Final[Mapping[Language, str]] = {
    "es": "Interrumpido. Si ya habías confirmado algo, pregunta qué pasó antes de repetirlo.",
    "en": "Interrupted. If you had confirmed something, ask what happened before repeating it.",
}


@dataclass(frozen=True)
class Allowance:
    """What `--yes` confirms unseen: one change a message, within its bounds when it has them.

    Both bounds are held against the bank's terms. Without them it does not stand for what a person
    would have to type back.
    """

    up_to: Decimal | None = None
    """Pesos."""
    to: str | None = None
    """The account that gets them, or is added."""

    def covers(self, asked: ConfirmationAsked) -> bool:
        """Tell whether this may be confirmed."""
        if self.up_to is None or self.to is None:
            return asked.must_repeat is None
        amount = amount_of(asked.terms) or Decimal(0)
        return amount <= self.up_to and receiver_of(asked.terms) == self.to


@dataclass(frozen=True)
class Manner:
    """How a chat is held."""

    messages: Sequence[str] | None
    """What is said; None to type or pipe it."""
    yes: Allowance | None
    """What to confirm without asking anybody."""
    trace: bool
    as_json: bool


def run(service: ChatService, user_id: str, manner: Manner) -> int:
    """Hold a conversation and return the exit code of the command."""
    is_typed = manner.messages is None and sys.stdin.isatty()
    if isinstance(sys.stdout, TextIOWrapper):
        # JSON is UTF-8 wherever it is written; a person's terminal may know fewer letters.
        sys.stdout.reconfigure(encoding="utf-8" if manner.as_json else None, errors="replace")
    console = Output()
    with ExitStack() as exits:
        turns = _Turns(service, _renderer(console, manner, is_typed=is_typed), exits)
        if manner.trace:
            turns.watch()
        if is_typed and not manner.as_json:
            return _typed(turns, service, user_id, console)
        script = _piped() if manner.messages is None else manner.messages
        return _scripted(turns, service.open(user_id), script, manner.yes)


def _piped() -> Iterator[str]:
    """Return what a pipe says: a blank line says nothing."""
    return (line for line in sys.stdin if line.strip())


def _renderer(console: Console, manner: Manner, *, is_typed: bool) -> Renderer:
    if manner.as_json:
        return JsonLines(console)
    is_single = manner.messages is not None and len(manner.messages) == 1
    return Plain(console, trace=manner.trace, echo=not is_typed and not is_single)


class _Turns:
    """Plays turns: shows their events and, when watching, what follows on the bus."""

    def __init__(self, service: ChatService, renderer: Renderer, exits: ExitStack) -> None:
        self.renderer = renderer
        self._service = service
        self._exits = exits
        self._watched: Subscription | None = None

    def watch(self) -> None:
        """Show from now on what happens on the bus and in the tables."""
        if self._watched is None:
            self._watched = self._exits.enter_context(self._service.watch.subscribe())
            self._service.watch.wait_until_listening(_LISTENING_SECONDS)

    def play(
        self, conversation: Conversation, turn: Iterator[TurnEvent]
    ) -> tuple[TurnOutcome, str]:
        """Show a turn; return how it ended, and the code of its last problem if it had one."""
        outcome: TurnOutcome = "failed"
        problem = ""
        has_changed = False
        for event in turn:
            self.renderer.show(event, conversation.language)
            match event:
                case TurnEnded(ended):
                    outcome = ended
                case Problem(code):
                    problem = code
                case ConfirmationGiven(_, "CONFIRM"):
                    has_changed = True
        self._show_what_follows(conversation.language, wait=has_changed)
        return outcome, problem

    def _show_what_follows(self, language: Language, *, wait: bool) -> None:
        if self._watched is None:
            return
        deadline = time.monotonic() + (_FIRST_EVENT_SECONDS if wait else 0.0)
        while (event := self._watched.get(max(0.0, deadline - time.monotonic()))) is not None:
            self.renderer.show(event, language)
            if isinstance(event, BusEvent):
                deadline = time.monotonic() + _QUIET_SECONDS


def _scripted(
    turns: _Turns, conversation: Conversation, script: Iterable[str], yes: Allowance | None
) -> int:
    """Say every message, up to one that cannot be gone on from; return the exit code."""
    outcome: TurnOutcome = "answered"
    problem = ""
    message = None
    for message in script:
        turns.renderer.said(message.rstrip("\n"))
        outcome, problem = turns.play(conversation, conversation.say(message.rstrip("\n")))
        if yes is not None and outcome == "confirmation" and conversation.pending is not None:
            if yes.covers(conversation.pending):
                confirmed = conversation.decide(conversation.pending.invocation_id, "CONFIRM")
                outcome, problem = turns.play(conversation, confirmed)
            else:
                print(_NOT_COVERED, file=sys.stderr)
        if outcome not in _GOES_ON:
            break
    if message is None:
        print(_NOTHING_SAID, file=sys.stderr)
        return EXIT_UNREADABLE
    return EXIT_UNREADABLE if problem in _UNREADABLE else EXIT_CODES[outcome]


def _typed(turns: _Turns, service: ChatService, user_id: str, console: Console) -> int:
    """Converse with a person at a prompt until they leave."""
    names = {customer.user_id: customer.name for customer in service.customers}
    session: PromptSession[str] = PromptSession(
        history=_history(),
        auto_suggest=AutoSuggestFromHistory(),
        style=Style.from_dict({"prompt": "bold ansicyan"}),
        enable_suspend=True,
    )
    console.print(
        _WELCOME.format(
            name=names.get(user_id, user_id),
            user=user_id,
            place=service.place,
            brain=service.brain_name,
        ),
        style="dim",
        markup=False,
    )
    conversation = service.open(user_id)
    while True:
        try:
            line = session.prompt([("class:prompt", f"{_first_name(names, user_id)} › ")])
        except KeyboardInterrupt:
            continue
        except EOFError:
            return 0
        command, _, argument = line.strip().partition(" ")
        match _COMMANDS.get(command.lower()) if command.startswith("/") else "say":
            case "quit":
                return 0
            case "user" if argument:
                wanted = argument.strip()
                if others := service.customers_instead_of(wanted):
                    unknown = _UNKNOWN_CUSTOMER[conversation.language]
                    console.print(
                        unknown.format(user=printable(wanted), others=", ".join(others)),
                        markup=False,
                    )
                else:
                    user_id = wanted
                    conversation = service.open(user_id, conversation.language)
            case "user":
                which = _WHICH_CUSTOMER[conversation.language]
                console.print(which.format(others=", ".join(names)), markup=False)
            case "trace":
                _toggle_trace(turns, console, conversation.language)
            case "say":
                _say(turns, conversation, line, console)
            case _:
                unknown = _UNKNOWN_COMMAND[conversation.language]
                console.print(unknown.format(command=printable(command)), markup=False)


def _say(turns: _Turns, conversation: Conversation, line: str, console: Console) -> None:
    try:
        turns.play(conversation, conversation.say(line))
    except KeyboardInterrupt:
        console.print(f"\n{_INTERRUPTED[conversation.language]}", style="yellow")


def _toggle_trace(turns: _Turns, console: Console, language: Language) -> None:
    if isinstance(turns.renderer, Plain):
        turns.renderer.trace = not turns.renderer.trace
        if turns.renderer.trace:
            turns.watch()
        shown = _ALL_IS_SHOWN if turns.renderer.trace else _TALK_IS_SHOWN
        console.print(shown[language], style="dim")


def _first_name(names: Mapping[str, str], user_id: str) -> str:
    return names.get(user_id, user_id).split(" ")[0]


def _history() -> History:
    """Return what was typed before, kept for this person's eyes only; or nothing kept."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    file = state / "centli" / "history"
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))
