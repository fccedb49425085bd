"""Access to the HTTP API: tokens, required actions, items that a user may see, and the summary of an item."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from pathlib import PurePath
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from ninja.errors import HttpError
from ninja.security import HttpBearer

from pipeline.review.accounts import Action, may, user_of_token, visible
from pipeline.review.models import Item
from pipeline.review.queue.issuer_view import issuer_state
from pipeline.review.queue.validity import expiry_of, validity_of


class ByToken(HttpBearer):
    """Authentication by bearer token; sets `request.user` to the account of the token."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = user_of_token(token)
        if user is not None:
            request.user = user
        return user


def needs(action: Action) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the call requires an action; answers with status 403 otherwise."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> Any:
            if not may(request.user, action):
                raise HttpError(403, f"这个账号不能{action.value}")
            return view(request, *args, **named)

        return guarded

    return wrap


def user_of_call(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise HttpError(401, "没有令牌")
    return request.user


def item_of_call(request: HttpRequest, item_id: int) -> Item:
    return get_object_or_404(visible(request.user).select_related("current"), pk=item_id)


def for_issuer(item: Item, user: User) -> dict[str, Any]:
    """The summary of an item for its issuer: nothing that the program or a reviewer found; the state in words."""
    summary = ItemSummary.from_orm(item).dict()
    return summary | {
        "name": PurePath(item.name).name,
        "status": issuer_state(item, user),
        "risk": 0,
        "alarms": 0,
        "validity": "",
        "expires": None,
        "genre": "",
        "due": None,
    }


class ItemSummary(Schema):
    """The fields of an item that the queue shows."""

    id: int
    name: str
    title: str
    number: str
    issuers: str
    place: str
    kind: str
    genre: str
    status: str
    risk: int
    alarms: int
    validity: str
    expires: date | None
    due: date | None

    @staticmethod
    def resolve_validity(item: Item | Mapping[str, Any]) -> str:
        """The validity of today, "" for what is not issued; what was read for the public is told as it is."""
        return validity_of(item) if isinstance(item, Item) else str(item["validity"])

    @staticmethod
    def resolve_expires(item: Item | Mapping[str, Any]) -> date | None:
        """The last day in force, None for what is not issued."""
        return expiry_of(item) if isinstance(item, Item) else item["expires"]
