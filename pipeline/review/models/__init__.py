"""Database models of the review queue: items with versions and findings, decisions, uploads, letters, accounts and audit."""

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
from pipeline.review.models.queue import Finding, Item, Kind, Mark, Occurrence, Original, ProblemEntry, Status, Version
from pipeline.review.models.uploads import Choice, Job, JobState, Material, MaterialKind, Paper

__all__ = [
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
]
