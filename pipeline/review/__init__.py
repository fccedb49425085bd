"""The fifth room: dossiers come in, the review queue stands, decisions are kept.

`store.py` writes and reads the queue, `connection.py` opens it. The machine may refresh what it said; it
never touches what a person decided, and the original file is never changed. This room never judges.
"""
