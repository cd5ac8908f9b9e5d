"""The person's own settings."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.actors import require_person
from accounts.enums import Language
from accounts.forms.profile import ProfileForm
from accounts.queries.preferences import switched_off_by
from accounts.services.people import set_preferences, update_profile


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language and families of messages."""
    user = require_person(request.user)
    form = ProfileForm(
        request.POST or None,
        initial={"name": user.name, "language": user.language},
        switched_off=switched_off_by(user),
    )
    if request.method == "POST" and form.is_valid():
        language = Language(form.cleaned_data["language"])
        with transaction.atomic():
            update_profile(actor=user, name=form.cleaned_data["name"], language=language)
            set_preferences(actor=user, choices=form.preferences())
        with translation.override(language):
            messages.success(request, gettext("Vos réglages sont enregistrés."))
        response = redirect("accounts:profile")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            domain=settings.LANGUAGE_COOKIE_DOMAIN,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response
    return render(request, "accounts/profile.html", {"form": form})
