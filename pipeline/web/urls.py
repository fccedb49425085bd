"""The addresses of the desk."""

from django.contrib.auth import views as auth
from django.urls import path

from pipeline.web import public, views

urlpatterns = [
    path("", views.queue, name="queue"),
    path("items/<int:item_id>/", views.item, name="item"),
    path("items/<int:item_id>/decide", views.decide, name="decide"),
    path("items/<int:item_id>/finish", views.finish, name="finish"),
    path("items/<int:item_id>/return", views.send_back, name="send_back"),
    path("items/<int:item_id>/claim", views.claim, name="claim"),
    path("items/<int:item_id>/correct", views.correct, name="correct"),
    path("items/<int:item_id>/original", views.original, name="original"),
    path("items/<int:item_id>/opinion.docx", views.opinion, name="opinion"),
    path("items/<int:item_id>/annotated.docx", views.annotated, name="annotated"),
    path("export.xlsx", views.export, name="export"),
    path("items/<int:item_id>/public", views.make_public, name="make_public"),
    path("views", views.save_view, name="save_view"),
    path("public/", public.catalogue, name="public"),
    path("public/<int:item_id>/", public.paper, name="public_item"),
    path("bulk", views.bulk, name="bulk"),
    path("upload", views.upload, name="upload"),
    path("jobs", views.jobs, name="jobs"),
    path("jobs/<int:job_id>/retry", views.retry, name="retry"),
    path("board", views.board, name="board"),
    path("audit", views.audit, name="audit"),
    path("login", auth.LoginView.as_view(template_name="login.html"), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("password", auth.PasswordChangeView.as_view(template_name="password.html", success_url="/"), name="password"),
]
