"""One module for each operation; each declares itself when it is imported."""
