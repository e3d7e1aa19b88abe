"""The inside of the model brain; importing a module of it imports the model library."""
