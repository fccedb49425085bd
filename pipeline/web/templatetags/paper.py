"""Template filters of the text view: in Python because a template would add line breaks to the text, which count as characters."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from pipeline.review.models import Finding
from pipeline.review.output.text_view import Paragraph, Piece

register = template.Library()


@register.filter
def pieces(paragraph: Paragraph) -> SafeString:
    """The text of a paragraph as HTML with marks; it contains exactly the characters of the text from `start` to `end`."""
    return format_html_join("", "{}", ((_piece(piece),) for piece in paragraph.pieces))


def _piece(piece: Piece) -> SafeString:
    inner = format_html("<strong>{}</strong>" if piece.bold else "{}", piece.text)
    if not piece.findings:
        return inner
    gravest, others = piece.findings[0], [f for f in piece.first if f is not piece.findings[0]]
    if gravest not in piece.first and others:
        gravest = others.pop(0)
    identifier = format_html(' id="m{}"', gravest.pk) if gravest in piece.first else ""
    for other in others:
        inner = format_html('<span class="anchor" id="m{}">{}</span>', other.pk, inner)
    return _mark(piece.findings, identifier, inner)


def _mark(findings: tuple[Finding, ...], identifier: str, inner: SafeString) -> SafeString:
    gravest, count = findings[0], len(findings)
    return format_html(
        '<mark{} data-findings="{}" data-finding="f{}" class="g-{} s-{}"{} tabindex="0" title="{}">{}</mark>',
        identifier,
        " ".join(f"f{finding.pk}" for finding in findings),
        gravest.pk,
        gravest.type[:3],
        gravest.severity,
        format_html(' data-count="{}"', count) if count > 1 else "",
        "；".join(dict.fromkeys(str(finding.content.get("name", "")) for finding in findings)),
        inner,
    )
