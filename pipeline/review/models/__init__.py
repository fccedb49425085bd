"""Database models of the review queue, one module a subject; all are imported from here.

- `queue`: originals, items, versions, findings, other names of a file, problems
- `uploads`: uploaded files, the documents in them, material of a case
- `decisions`: decisions, changed findings, conclusions, explanations, checklists, batches, blind samples, corrections
- `letters`: exports, releases to issuers and their replies
- `accounts`: organs, tokens, notices, saved views; the audit
"""

from pipeline.review.models.accounts import AuditEntry, AuditHead, Member, Notice, SavedView, Token
from pipeline.review.models.decisions import (
    Amendment,
    Answer,
    Batch,
    Check,
    Conclusion,
    Correction,
    Decision,
    Explanation,
    Passage,
    Verdict,
)
from pipeline.review.models.letters import Export, Release, Reply, Stance
from pipeline.review.models.queue import (
    LARGE_OF_CURRENT,
    LARGE_OF_VERSION,
    WITHOUT_DRAFTS,
    WITHOUT_VALIDITY,
    Finding,
    Item,
    Kind,
    Mark,
    Occurrence,
    Original,
    ProblemEntry,
    Status,
    Version,
    organ_called,
    recipient_called,
)
from pipeline.review.models.uploads import (
    LETTERS_OF_OBJECTION,
    LONGEST_VALUE,
    Choice,
    Job,
    JobState,
    Material,
    MaterialKind,
    Paper,
    material_kinds,
)

__all__ = [
    "LARGE_OF_CURRENT",
    "LARGE_OF_VERSION",
    "LETTERS_OF_OBJECTION",
    "LONGEST_VALUE",
    "WITHOUT_DRAFTS",
    "WITHOUT_VALIDITY",
    "Amendment",
    "Answer",
    "AuditEntry",
    "AuditHead",
    "Batch",
    "Check",
    "Choice",
    "Conclusion",
    "Correction",
    "Decision",
    "Explanation",
    "Export",
    "Finding",
    "Item",
    "Job",
    "JobState",
    "Kind",
    "Mark",
    "Material",
    "MaterialKind",
    "Member",
    "Notice",
    "Occurrence",
    "Original",
    "Paper",
    "Passage",
    "ProblemEntry",
    "Release",
    "Reply",
    "SavedView",
    "Stance",
    "Status",
    "Token",
    "Verdict",
    "Version",
    "material_kinds",
    "organ_called",
    "recipient_called",
]
