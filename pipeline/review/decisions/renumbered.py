"""What a version was called when it was sent: one that was split off (拆出) has another number now than the papers sent then say."""

from pipeline.review.models import Release
from pipeline.review.queue.splits import splits_into


def version_words(made: Release) -> str:
    """The version that a release was about: 第1版, and what it was then where that was another: 第1版（送达时为编号4的第2版）."""
    now = f"第{made.version.sequence}版"
    # the audit keeps whole seconds
    sent = made.made.replace(microsecond=0)
    entry = splits_into(made.item_id).filter(at__gte=sent).first()
    then = entry.detail.removeprefix("由").partition("另立")[0] if entry else ""
    return f"{now}（送达时为{then}）" if then else now
