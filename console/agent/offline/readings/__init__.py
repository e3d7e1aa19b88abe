"""The ways in which a message is taken: each makes a flow of it, or leaves it to the next."""
