"""How long a model is waited for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long a model is waited for, in seconds."""

    first: float = 120
    """Until it begins to answer: a server may have to load the model, and reads the prompt."""
    between: float = 30
    """From one token to the next."""
    whole: float = 600
    """For one answer from its beginning to its end, however well it goes on."""

    @property
    def longest_silence(self) -> float:
        """What a connection has to bear: a little more, so that what is waited for ends first."""
        return max(self.first, self.between) + 5
