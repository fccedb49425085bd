"""python -m pipeline is qinggui."""

from pipeline.cli import main

main()
