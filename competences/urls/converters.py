"""Parts of addresses that several modules name: importing this registers them."""

from django.urls import register_converter
from django.urls.converters import PathConverter


class IdentifierConverter(PathConverter):
    """What a producer calls a concept: a code, or a URI that has lost a slash to a proxy on its way."""

    def to_python(self, value: str) -> str:
        scheme, colon, rest = value.partition(":/")
        return f"{scheme}://{rest.lstrip('/')}" if colon and scheme in ("http", "https") else value


register_converter(IdentifierConverter, "identifier")
