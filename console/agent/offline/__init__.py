"""A brain without a language model, for a fresh machine: it talks Spanish and English."""

from console.agent.offline.offline_brain import OfflineBrain

__all__ = ["OfflineBrain"]
