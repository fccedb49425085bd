"""Exports: opinions and other official documents as docx, annotated drafts, workbooks, lists; and page images of originals.

A document on an item is a function of `case.Case`, which is stored with the export: it can be verified and produced again byte by byte
from that, whatever happened to the item since.
"""
