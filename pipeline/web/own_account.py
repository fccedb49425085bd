"""Views of what belongs to one's own account: the password and the API tokens."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.errors import UsageError
from pipeline.review.account_changes import must_change_password, password_changed
from pipeline.review.accounts import Action, faults_of_password, make_token, revoke
from pipeline.review.models import Token
from pipeline.web.permissions import allowed, user_of
from pipeline.web.shown_once import keep_for, take


class PasswordForm(PasswordChangeForm):
    """The form for a new password, with its rules and messages in Chinese; the new one must differ from the old one."""

    error_messages = {  # noqa: RUF012 - as in Django
        "password_mismatch": "两次输入的新密码不一致，请重新输入",
        "password_incorrect": "原密码不正确，请重新输入",
    }

    def __init__(self, user: Any, *words: Any, **named: Any) -> None:
        super().__init__(user, *words, **named)
        labels = {"old_password": "原密码", "new_password1": "新密码", "new_password2": "再输一次新密码"}
        for name, label in labels.items():
            field = self.fields[name]
            field.label, field.help_text = label, ""
            field.error_messages["required"] = f"没有填写{label}"

    def validate_password_for_user(self, user: Any, password_field_name: str = "new_password2") -> None:
        password = self.cleaned_data.get(password_field_name)
        if not password:
            return
        faults = faults_of_password(password, user)
        if password == self.cleaned_data.get("old_password"):
            faults.append("新密码不能和原密码相同")
        for fault in faults:
            self.add_error("new_password1", forms.ValidationError(fault))


class ChangePassword(auth.PasswordChangeView):
    """The page for a new password; other sessions of the account and its tokens end."""

    template_name = "password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("queue")

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        return super().get_context_data(**named) | {"forced": must_change_password(user_of(self.request))}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        password_changed(user_of(self.request))
        messages.success(self.request, "密码已修改；其他地方的登录已退出，接口令牌已停用，需要的请新建")
        return response


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Action.READ)
def tokens(request: HttpRequest) -> HttpResponse:
    """The API tokens of the user; POST creates one, which the page after it shows once."""
    name, error = request.POST.get("name", ""), None
    if request.method == "POST":
        try:
            keep_for("tokens", request, {"name": name.strip(), "token": make_token(user_of(request), name)})
        except UsageError as caught:
            error = caught
        else:
            return redirect("tokens")
    found = Token.objects.filter(user=user_of(request)).order_by("-id")
    context = {"tokens": found, "new": take("tokens", request), "error": error, "name": name}
    return render(request, "tokens.html", context, status=400 if error else 200)


@require_POST
@allowed(Action.READ)
def end_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revokes an API token of the user."""
    token = get_object_or_404(Token, pk=token_id, user=user_of(request))
    revoke(token, user_of(request))
    messages.success(request, f"已停用令牌“{token.name}”")
    return redirect("tokens")
