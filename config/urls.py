"""Every address of the site, app by app."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from accounts.views.style import style

# The staff signs in like everybody: verified address, rate limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler500 = "config.api.server_error"

urlpatterns = [
    path("api/", TemplateView.as_view(template_name="pages/api.html"), name="api"),
    path("api/", include("config.api")),
    path("", include("competences.urls")),
    path("compte/", include("allauth.account.urls")),
    path("", include("accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("gestion/", admin.site.urls),
    path(
        "accessibilite/",
        TemplateView.as_view(template_name="pages/accessibility.html"),
        name="accessibility",
    ),
    path("mes-donnees/", TemplateView.as_view(template_name="pages/my_data.html"), name="my_data"),
    *([path("style/", style, name="style")] if settings.DEBUG else []),
]
