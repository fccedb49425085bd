"""Exports: opinions and other official documents as docx, annotated drafts, workbooks, lists; and page images of originals.

Each export is recorded with its SHA-256, so that it can be verified and produced again byte by byte.
"""
