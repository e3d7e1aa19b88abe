"""Lambda SnapStart: instances of a function that go on from one snapshot of a started function.

What they would share and must not, registers here what is done before or after. A runtime that
takes no snapshots (Python 3.11) has no such hooks, and then nothing is done.
"""

from collections.abc import Callable
from contextlib import suppress


def before_snapshot(do: Callable[[], object]) -> None:
    """Do it once, when all has started and the snapshot is about to be taken."""
    with suppress(ImportError):
        from snapshot_restore_py import register_before_snapshot  # noqa: PLC0415 the runtime has it

        register_before_snapshot(do)


def after_restore(do: Callable[[], object]) -> None:
    """Do it in every instance that goes on from the snapshot, before its first invocation."""
    with suppress(ImportError):
        from snapshot_restore_py import register_after_restore  # noqa: PLC0415 the runtime has it

        register_after_restore(do)
