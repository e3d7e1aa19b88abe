"""One package for each action group: its operations, models and data access."""
