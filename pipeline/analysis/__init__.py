"""The review queue as tables for analysts, and what is computed from them: trends, topics, survival, networks.

`frames` writes the queue as explained Parquet tables, `trends` reads them back for notebooks. Nothing here writes to the queue.
"""
