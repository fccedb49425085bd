"""The review queue: items, versions and findings in the database.

- `store`: writes and reads items; `findings`: those of the program and of people; `originals`: every file unchanged; `dossiers`: stored dossiers
- `rivals`: what may be a new version; `versions`: taken up by a person, and the way back; `comparison`: two versions side by side
- `uploads`: files for the worker, document by document
- `filters`, `columns`: filter and count; `rows`, `issuer_view`: rows of the list, for reviewers and for issuers
- `saved_views`, `alerts`: report new items; `links`: relates items; `workdays`: due days

The program may replace its own findings; it never changes what a person decided.
"""
