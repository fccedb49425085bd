"""The review queue as a Django app: takes dossiers, stores items and versions, records decisions, produces exports.

`queue/store.py` writes and reads the queue, `connection.py` opens the database. The program may replace its own
findings when it analyses a file again; it never changes what a person decided, and it never changes an original
file. Nothing in this package analyses a document.
"""
