"""The offline brain: rules for Spanish and English, without a language model."""

from console.agent.offline.dialogue import OfflineBrain

__all__ = ["OfflineBrain"]
