"""The files of `docs/snippets`, which pages show and applications copy."""

import importlib.util
from collections.abc import Callable
from typing import Any

from console.artefact import ROOT

SNIPPETS = ROOT / "docs" / "snippets"


def confirmed_in_python() -> Callable[..., dict[str, Any]]:
    """Return the function of `confirm.py`."""
    spec = importlib.util.spec_from_file_location("confirm", SNIPPETS / "confirm.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Callable[..., dict[str, Any]] = module.confirmed
    return function
