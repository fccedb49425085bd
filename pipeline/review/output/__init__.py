"""What leaves the system: opinions and other official documents as docx, annotated drafts, workbooks, lists, page pictures.

Each export is recorded with its hash, so that it can be verified and made again byte by byte.
"""
