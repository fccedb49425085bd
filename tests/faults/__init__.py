"""Faults that were handed to us with the right value: each folder of ../shared/faults, and variants of our own for its kind."""
