"""How a turn looks in a terminal: as text with colours, or as one JSON object a line."""

from collections.abc import Mapping
from typing import IO, Any, Final, Protocol

from rich.console import Console, Group
from rich.segment import Segment, SegmentLines
from rich.table import Table
from rich.text import Text as Styled

from console.agent.events import (
    AgentTrace,
    BusEvent,
    CallRejected,
    Changed,
    ConfirmationAsked,
    ConfirmationSettled,
    MessageRead,
    OperationAnswered,
    OperationRequested,
    Problem,
    Settlement,
    Text,
    TurnEnded,
    TurnEvent,
    WatchEvent,
    as_json,
)
from console.agent.language import Language
from console.agent.wording import printable
from console.stopping import READER_IS_GONE
from shared import json_text

_YES_OR_NO: Final[Mapping[Language, str]] = {"es": "sí / no", "en": "yes / no"}
_REPEAT_OR_NO: Final[Mapping[Language, str]] = {
    "es": "escribe {repeated} para confirmar / no",
    "en": "type {repeated} to confirm / no",
}
_SETTLED: Final[Mapping[Settlement, str]] = {"refused": "bold red", "changed": "yellow"}
"""What became of a confirmed change and is said here; the rest is said by who talks."""
_REFUSED: Final = 400
_NARROWEST: Final = 10
"""In fewer columns words and terms are left out, with none all of them: `COLUMNS=0` says so."""


class Output(Console):
    """Standard output, which may be closed before all is written, or say that it has no width."""

    def __init__(self, file: IO[str] | None = None) -> None:
        super().__init__(file=file, highlight=False)
        is_too_narrow = self.width < _NARROWEST
        if is_too_narrow:  # else it stays unset, to follow a window whose size changes
            self.width = _NARROWEST

    def on_broken_pipe(self) -> None:
        """End the command without a word."""
        try:
            super().on_broken_pipe()
        except SystemExit:
            raise SystemExit(READER_IS_GONE) from None


class Renderer(Protocol):
    """Shows what happens."""

    def said(self, text: str) -> None:
        """Show what the person wrote, where a terminal has not shown it already."""
        ...

    def show(self, event: TurnEvent | WatchEvent, language: Language, /) -> None:
        """Show an event."""
        ...


class JsonLines:
    """One JSON object a line, for scripts: `said` and then every event with its `type`."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def said(self, text: str) -> None:
        """Write what the person wrote."""
        self._write({"type": "said", "text": text})

    def show(self, event: TurnEvent | WatchEvent, _language: Language, /) -> None:
        """Write an event."""
        self._write(as_json(event))

    def _write(self, value: Mapping[str, Any]) -> None:
        try:
            self._console.file.write(f"{json_text.dumps(value)}\n")
            self._console.file.flush()
        except BrokenPipeError:
            self._console.on_broken_pipe()


def _card(asked: ConfirmationAsked) -> Group:
    """Return the terms that are confirmed, as they look in a terminal."""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(overflow="fold")
    rows.add_column(overflow="fold")  # whole, however narrow: it is what is confirmed
    for label, value in asked.rows:
        rows.add_row(Styled(printable(label), "dim"), Styled(printable(value), "bold"))
    return Group(Styled(printable(asked.headline), "bold reverse", overflow="fold"), rows)


def _without_blank_end(line: list[Segment]) -> list[Segment]:
    """Return a line without the blanks that fill a column, which who copies it would have."""
    *before, last = line
    text = last.text.rstrip()
    return [*before, last._replace(text=text)] if text or not before else _without_blank_end(before)


class Plain:
    """Text for a person; with a trace, also every call, answer and event in full."""

    def __init__(self, console: Console, *, trace: bool, echo: bool) -> None:
        self._console = console
        self.trace = trace
        self._echo = echo
        self._is_line_open = False

    def said(self, text: str) -> None:
        """Show what was written as a prompt would."""
        if self._echo:
            self._print(f"› {text}", "bold cyan")

    def show(self, event: TurnEvent | WatchEvent, language: Language) -> None:
        """Show an event."""
        match event:
            case Text(delta):
                self._console.print(
                    Styled(printable(delta)), end="", soft_wrap=True, highlight=False
                )
                self._is_line_open = True
            case ConfirmationAsked():
                self._confirmation(event, language)
            case ConfirmationSettled(_, state, message) if state in _SETTLED:
                self._print(message, _SETTLED[state])
            case Problem(_, message):
                self._print(message, "yellow")
            case TurnEnded():
                self._close_line()
            case _ if self.trace:
                self._trace(event)

    def _confirmation(self, asked: ConfirmationAsked, language: Language) -> None:
        self._close_line()
        lines = self._console.render_lines(_card(asked))
        self._console.print(SegmentLines(map(_without_blank_end, lines), new_lines=True), end="")
        for warning in asked.warnings:
            self._print(f"! {warning.message}", "yellow")
        how = _YES_OR_NO[language]
        if asked.must_repeat is not None:
            how = _REPEAT_OR_NO[language].format(repeated=asked.must_repeat)
        self._print(f"{asked.question} ({how})", "bold green")

    def _trace(self, event: TurnEvent | WatchEvent) -> None:
        match event:
            case MessageRead(spans):
                told = (f"“{each.text}” {each.label}" for each in spans if each.read_as)
                self._print(f"≡ {' · '.join(told)}", "cyan")
            case OperationRequested(_, operation_id, invocation):
                self._block(f"→ {operation_id}", invocation, "blue")
            case OperationAnswered(_, operation_id, answer, status, _, milliseconds):
                style = "green" if status < _REFUSED else "red"
                self._block(f"← {operation_id} {status}, {milliseconds} ms", answer, style)
            case CallRejected(_, operation_id, arguments, reason):
                self._block(f"✗ {operation_id}: {reason}", arguments, "red")
            case BusEvent(envelope):
                self._block(f"⚡ {envelope.get('event_type')}", envelope, "magenta")
            case Changed(what, _, key, before, after):
                was = "—" if before is None else before
                self._print(f"Δ {what} {key}: {was} → {after}", "magenta")
            case AgentTrace(trace):
                self._block("· trace", trace, "blue")

    def _block(self, title: str, value: Mapping[str, Any], style: str) -> None:
        self._print(title, style)
        self._print(json_text.dumps_readable(value), "dim")

    def _print(self, text: str, style: str) -> None:
        self._close_line()
        self._console.print(Styled(printable(text), style), soft_wrap=True)

    def _close_line(self) -> None:
        if self._is_line_open:
            self._console.print()
            self._is_line_open = False
