"""What the `centli` command tells a person when something outside it is wrong."""


class ConsoleError(Exception):
    """A problem that a person can act on; its text is shown without a traceback."""
