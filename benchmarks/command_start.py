"""What starting `centli` costs, as a ratio to starting Python and doing nothing.

Run from the root of the checkout: .venv/bin/python -m benchmarks.command_start

Both are started in turn, so that a busy machine slows both; what counts is the processor time of
the process. The reference (1.00) is `python -c pass`. Both are started once before, so that their
bytecode is there.
"""

import resource
import statistics
import subprocess
import sys
from typing import Final

_ROUNDS: Final = 21
_CENTLI: Final = "import sys; from console.cli import main; sys.exit(main(sys.argv[1:]))"
_COMMANDS: Final = {
    "python -c pass": ["-c", "pass"],
    "centli --help": ["-c", _CENTLI, "--help"],
    "centli invoke --help": ["-c", _CENTLI, "invoke", "--help"],
}


def cpu_seconds(arguments: list[str]) -> float:
    """Return the processor time of one fresh process, in the system and by itself."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Print the ratio and the median of each command."""
    taken: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    for number in range(_ROUNDS + 1):
        for name, arguments in _COMMANDS.items():
            seconds = cpu_seconds(arguments)
            if number:
                taken[name].append(seconds)
    reference = statistics.median(taken["python -c pass"])
    for name, seconds_taken in taken.items():
        median = statistics.median(seconds_taken)
        print(f"{median / reference:6.2f}   {median * 1000:5.0f} ms   {name}")


if __name__ == "__main__":
    main()
