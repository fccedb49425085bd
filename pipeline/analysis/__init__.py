"""Analysis of the review queue: `frames` writes it as Parquet tables with documented columns, `trends` computes survival,
keywords and citation networks from these tables for the notebooks. The queue is only read.
"""
