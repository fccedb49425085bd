"""The review queue: items and versions in the database, how they are filtered, counted, found again and handed to the worker.

`store` writes and reads items, `filters` and `columns` narrow and count them, `saved_views` and `alerts` say what is new, `uploads` holds
files in line for the worker, `originals` keeps every file untouched. The machine may write what it found anew; it never changes what a person decided.
"""
