"""The schema profile of design section 8: models reduced to it, and files checked against it."""
