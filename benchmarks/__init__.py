"""Figures that anyone can measure again; each module is run by itself and prints a table."""
