"""Entry point of `python -m pipeline`, the same as the command `qinggui`."""

from pipeline.cli import main

main()
