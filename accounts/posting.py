"""Addresses that only take a form: asked for by GET, they show the page that holds the form.

A refresh, a way back after signing in or after a change of language asks by GET for the address of a form: it
changes nothing, and a bare "405" would say nothing to a person.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def posted_from(back: "str | View", *names: str) -> Callable[[View], View]:
    """A view that takes a POST alone. `back` is the name of the page that holds the form, whose arguments are
    those of the view called `names`; or a view that gives the answer, and that checks rights itself.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if callable(back):
                return back(request, *args, **kwargs)
            return redirect(back, *(kwargs[name] for name in names))

        return require_http_methods(["GET", "HEAD", "POST"])(wrapped)

    return decorate
