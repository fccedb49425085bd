"""Assessment stage: document, labels and law → `Assessment`.

There is one module for each legal question. A finding states what was found, where, on which law as of the day, why
it has its severity, and what to do. Softened hits are kept as softened findings; the decision is the reviewer's.
"""

from pipeline.assess.argument import Case
from pipeline.assess.basis import STALE, assess_basis
from pipeline.assess.bodies import OLD_BODY, assess_bodies
from pipeline.assess.certificates import assess_certificates
from pipeline.assess.competition import assess_competition
from pipeline.assess.compulsion import assess_compulsion
from pipeline.assess.fees import assess_fees
from pipeline.assess.indicator import indicate, inform
from pipeline.assess.licensing import assess_licensing
from pipeline.assess.outcome import CONFIDENCES, propose_cleanup, score_risk, weigh
from pipeline.assess.penalties import assess_penalties
from pipeline.assess.policies import assess_policies
from pipeline.assess.procedure import assess_procedure
from pipeline.assess.rights import assess_rights
from pipeline.assess.validity import STATED, assess_validity
from pipeline.document import Assessment, Finding

__all__ = ["CONFIDENCES", "STATED", "Case", "assess", "indicate", "inform", "weigh"]

_QUESTIONS = (
    assess_licensing,
    assess_penalties,
    assess_compulsion,
    assess_fees,
    assess_rights,
    assess_certificates,
    assess_competition,
    assess_procedure,
    assess_basis,
    assess_bodies,
    assess_policies,
)


def assess(case: Case) -> Assessment:
    """Assess a document as of the day of the case: findings in reading order, validity, cleanup proposal and risk."""
    found = [finding for question in _QUESTIONS for finding in question(case)]
    findings: tuple[Finding, ...] = tuple(sorted(found, key=lambda finding: finding.evidence.start))
    validity = assess_validity(case)
    return Assessment(
        as_of=case.as_of,
        findings=findings,
        validity=validity,
        cleanup=propose_cleanup(case, findings, validity),
        stale_bases=tuple(finding.subject for finding in findings if finding.type == STALE),
        old_bodies=tuple(finding.subject for finding in findings if finding.type == OLD_BODY),
        risk=score_risk(case, findings, validity),
    )
