"""Histories run without the tracer of coverage: they would take twice as long and cover no more."""

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker("no_cover")
