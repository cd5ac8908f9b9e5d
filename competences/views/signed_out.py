"""What was typed is not lost when the session ended meanwhile: it is shown again, to copy."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

View = Callable[..., HttpResponse]
MOST_KEPT = 20_000


def keeps_text(field: str) -> Callable[[View], View]:
    """Put above `login_required`: a form sent by a visitor is shown its own text back, in `field`.

    Nothing is stored, and nobody else's text is ever shown: it is what this very request carries.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            text = request.POST.get(field, "") if request.method == "POST" else ""
            if text and not request.user.is_authenticated:
                context = {"text": text[:MOST_KEPT], "next": request.path}
                return render(request, "competences/text_kept.html", context, status=401)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
