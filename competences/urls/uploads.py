"""The pages of uploads, the same under every prefix."""

from django.urls import URLPattern, path

from competences.views import uploads


def upload_paths(prefix: str, name: str) -> list[URLPattern]:
    """The pages of uploads under a prefix: an employer's, or the staff's."""
    one = f"{prefix}<uuid:upload_id>/"
    return [
        path(prefix, uploads.index, name=f"{name}_index"),
        path(f"{prefix}modele.csv", uploads.template, name=f"{name}_template"),
        path(one, uploads.page, name=f"{name}_page"),
        path(f"{one}etat/", uploads.state, name=f"{name}_state"),
        path(f"{one}lignes-a-corriger.csv", uploads.errors, name=f"{name}_errors"),
        path(f"{one}corriger/", uploads.mend, name=f"{name}_mend"),
        path(f"{one}appliquer/", uploads.apply, name=f"{name}_apply"),
    ]
