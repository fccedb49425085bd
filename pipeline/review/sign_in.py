"""Who is signed in: the account of a request, read with its roles and what the desk stores about it."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User


class Accounts(ModelBackend):
    """Accounts as Django keeps them, each read with its groups at once: every page asks several times for the role."""

    def get_user(self, user_id: int) -> User | None:
        """The account with a number, None where there is none or it is not active."""
        user = User.objects.select_related("member").prefetch_related("groups").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
