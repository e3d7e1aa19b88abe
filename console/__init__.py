"""The developer's side: commands, schemas and the local stack; never deployed."""
