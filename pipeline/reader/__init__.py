"""A second reader (大模型): provisions of a `Dossier` → opinions of a large model that the office itself runs, kept in a cache.

`provisions` chooses what is sent, `confidential` what never is; `brief` writes the request, `service` sends it, `answers` checks what
comes back, `cache` keeps it; `asking` does this for many provisions within limits, `batch` by files, `sent` notes it in the audit.
Nothing is sent unless an address is configured; no opinion changes a finding, its severity or a decision.
"""
