"""What somebody typed in a long form while their session had ended: kept through signing in.

A session that ends while one writes must not cost the text. The form's address keeps what was posted, then
sends the visitor to sign in; asked for again, it finds the text, and shows it to be saved.
"""

from collections.abc import Iterable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

PREFIX = "typed:"
MOST = 60_000
"""Characters kept of a form: more than the longest of ours."""

MOST_FORMS = 3
"""Forms kept of a visitor, the latest."""


def keep_and_sign_in(request: HttpRequest, names: Iterable[str]) -> HttpResponse:
    """Keeps the fields `names` of what a visitor posted, and sends them to sign in, then back here."""
    typed = {name: request.POST.get(name, "") for name in names}
    if 0 < sum(map(len, typed.values())) <= MOST:
        # The tabs of somebody who writes, and no session filled with texts that nobody comes back for.
        former = [name for name in list(request.session.keys()) if name.startswith(PREFIX)]
        for name in former[: 1 - MOST_FORMS]:
            del request.session[name]
        request.session[_key(request)] = typed
    return redirect_to_login(request.get_full_path())


def typed_before(request: HttpRequest) -> dict[str, str]:
    """What was kept for this address; empty when nothing was."""
    kept = request.session.get(_key(request), {})
    return {str(name): str(text) for name, text in kept.items()} if isinstance(kept, dict) else {}


def forget_typed(request: HttpRequest) -> None:
    """Once it is saved."""
    request.session.pop(_key(request), None)


def _key(request: HttpRequest) -> str:
    return f"{PREFIX}{request.path}"
