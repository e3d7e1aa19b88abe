"""The offline brain: rules for Spanish and English, without a language model."""

from console.agent.offline.offline_brain import OfflineBrain

__all__ = ["OfflineBrain"]
