"""自检: whether what the home folder and the database hold is whole: `run` goes through all checks, `nightly` in small portions.

A check yields the number of things that a portion looked at, and what is wrong; it changes nothing but permissions of files.
"""
