"""The review queue as a Django app: takes dossiers, stores cases with versions, records decisions, produces documents.

- `models`: the tables
- `queue`: items, versions, findings, uploads, filters
- `decisions`: what people do in a case, from a decision to the answer of the issuer and the public page
- `output`: documents, exports, and texts and pages as they are shown
- `search`, `audit`: the full-text index; the hash chain of who did what
- `accounts`, `account_changes`: roles, permissions, tokens; what an administrator changes
- `connection`, `upgrade`, `backups`: opens the database, brings it up to date, writes it out; `clock`: times in the zone of the desk; `fonts`: Chinese fonts of pages

The program may replace its own findings when it analyses a file again; it never changes what a person decided, and it never
changes an original file. Nothing in this package analyses a document.
"""
