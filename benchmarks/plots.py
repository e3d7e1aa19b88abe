"""Plots for `docs/performance.md`: lines over an axis of numbers, as SVG that reads on any page.

A curve is a name and its points `(x, y)`. An axis that spans more than two powers of ten is
logarithmic, unless it holds zero.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

IMAGES = Path(__file__).parent.parent / "docs" / "images"
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a")

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 44, 48
_TICKS = 5
_LOGARITHMIC_FROM = 100

Point = tuple[float, float]


class Axis:
    """Numbers along one side, from one pixel to another."""

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        low, high = min(values), max(values)
        self._is_log = low > 0 and high / low >= _LOGARITHMIC_FROM
        self.ticks = _powers(low, high) if self._is_log else _round_steps(min(low, 0), high)
        self._low, self._high = self._scaled(self.ticks[0]), self._scaled(self.ticks[-1])
        self._first, self._last = first, last

    def at(self, value: float) -> float:
        """Return the pixel of a value."""
        share = (self._scaled(value) - self._low) / (self._high - self._low)
        return round(self._first + share * (self._last - self._first), 1)

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self._is_log else value


def draw(name: str, title: str, *, x: str, y: str, curves: Mapping[str, Sequence[Point]]) -> str:
    """Write `docs/images/NAME.svg`, and return the Markdown that shows it."""
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / f"{name}.svg").write_text(svg(title, x=x, y=y, curves=curves))
    return f"![{title}: {y} over {x}](images/{name}.svg)"


def svg(title: str, *, x: str, y: str, curves: Mapping[str, Sequence[Point]]) -> str:
    """Return the picture of the curves; `x` and `y` name the axes, with their units."""
    points = [point for curve in curves.values() for point in curve]
    across = Axis([p[0] for p in points], _LEFT, _WIDTH - _RIGHT)
    up = Axis([p[1] for p in points], _HEIGHT - _BOTTOM, _TOP)
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    style = 'font-family="sans-serif" font-size="12" fill="#1f2328"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {style}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 18, title, weight="bold"),
        _text((_LEFT + right) / 2, _HEIGHT - 8, x, anchor="middle"),
        _text(_LEFT, 36, y, anchor="start"),
    ]
    for tick in up.ticks:
        lines.append(_line(_LEFT, up.at(tick), right, up.at(tick)))
        lines.append(_text(_LEFT - 6, up.at(tick) + 4, f"{tick:,g}", anchor="end"))
    for tick in across.ticks:
        lines.append(_line(across.at(tick), _TOP, across.at(tick), bottom))
        lines.append(_text(across.at(tick), bottom + 16, f"{tick:,g}", anchor="middle"))
    named = [
        f'<tspan fill="{colour}" dx="12">{escape(name)}</tspan>'
        for name, colour in zip(curves, COLOURS, strict=False)
    ]
    lines.append(f'<text x="{right - 12}" y="36" text-anchor="end">{"".join(named)}</text>')
    for curve, colour in zip(curves.values(), COLOURS, strict=False):
        path = " ".join(f"{across.at(px)},{up.at(py)}" for px, py in curve)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
    return "\n".join([*lines, "</svg>", ""])


def _powers(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [float(10**power) for power in range(first, last + 1)]


def _round_steps(low: float, high: float) -> list[float]:
    """Return about five ticks that are round numbers and enclose the values."""
    span = (high - low) or 1.0
    power = 10 ** math.floor(math.log10(span / _TICKS))
    step = next(s * power for s in (1, 2, 5, 10) if span / (s * power) <= _TICKS)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#d0d7de"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "") -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{bold}>{escape(text)}</text>'
