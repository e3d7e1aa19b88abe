"""The error that the `centli` command prints when something outside of it is wrong."""


class ConsoleError(Exception):
    """A problem that a person can act on; its text is shown without a traceback."""
