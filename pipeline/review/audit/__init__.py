"""The audit log (审计): who did what and when.

`chain` writes the entries as a hash chain and verifies it; `reading` filters them and shows them with names, titles and findings in words.
"""
