"""The addresses of the desk."""

from django.contrib.auth import views as auth
from django.urls import path

from pipeline.web import administration, bulk_actions, public, transfers, views
from pipeline.web.api import api

urlpatterns = [
    path("", views.queue, name="queue"),
    path("facets", views.facets, name="facets"),
    path("items/<int:item_id>/", views.item, name="item"),
    path("items/<int:item_id>/pages", views.layout, name="layout"),
    path("items/<int:item_id>/pages/<int:number>/picture", views.picture, name="picture"),
    path("items/<int:item_id>/related", views.related, name="related"),
    path("items/<int:item_id>/decide", views.decide, name="decide"),
    path("items/<int:item_id>/judge", views.judge, name="judge"),
    path("items/<int:item_id>/check", views.check, name="check"),
    path("items/<int:item_id>/conclude", views.conclude, name="conclude"),
    path("items/<int:item_id>/finish", views.finish, name="finish"),
    path("items/<int:item_id>/return", views.send_back, name="send_back"),
    path("items/<int:item_id>/claim", views.claim, name="claim"),
    path("items/<int:item_id>/assign", views.assign, name="assign"),
    path("items/<int:item_id>/correct", views.correct, name="correct"),
    path("items/<int:item_id>/original", views.original, name="original"),
    path("items/<int:item_id>/papers/<slug:form>.docx", transfers.paper, name="paper"),
    path("items/<int:item_id>/public", transfers.make_public, name="make_public"),
    path("export.<slug:kind>", transfers.export, name="export"),
    path("views", transfers.save_view, name="save_view"),
    path("bulk", bulk_actions.bulk_action, name="bulk"),
    path("bulk/<int:batch_id>/undo", transfers.undo, name="undo"),
    path("upload", transfers.upload, name="upload"),
    path("jobs", transfers.jobs, name="jobs"),
    path("jobs/<int:job_id>/retry", transfers.retry, name="retry"),
    path("jobs/<int:job_id>/choose", transfers.choose, name="choose"),
    path("board", administration.board, name="board"),
    path("audit", administration.audit, name="audit"),
    path("people", administration.people, name="people"),
    path("people/<int:user_id>", administration.change, name="change"),
    path("alerts", administration.alerts, name="alerts"),
    path("alerts/<int:view_id>/drop", administration.drop_view, name="drop_view"),
    path("tokens", administration.tokens, name="tokens"),
    path("tokens/<int:token_id>/end", administration.end_token, name="end_token"),
    path("public/", public.catalogue, name="public"),
    path("public/<int:item_id>/", public.paper, name="public_item"),
    path("login", auth.LoginView.as_view(template_name="login.html"), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("password", auth.PasswordChangeView.as_view(template_name="password.html", success_url="/"), name="password"),
    path("api/v1/", api.urls),
]
