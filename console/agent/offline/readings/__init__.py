"""Ways to understand a message, tried in turn: each returns a flow, or None."""
