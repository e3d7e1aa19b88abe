"""Filling the tables with believable data; each script adds what is missing and changes nothing."""
