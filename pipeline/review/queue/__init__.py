"""The review queue: items and versions in the database, filters and counts, saved views, uploads, stored originals.

`store` writes and reads items, `filters` and `columns` filter and count them, `saved_views` and `alerts` report new items, `uploads`
queues files for the worker, `originals` stores every file unchanged, `links` relates items, `workdays` computes due days. The program
may replace its own findings; it never changes what a person decided.
"""
