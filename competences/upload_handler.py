"""How large a request with files may be, said before its body is read.

Django writes what comes to the disk of the server before any view sees it: a stranger must not fill it.
"""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

STAFF_BYTES = 6 * 64 * 2**20 + 2**20
"""Six files of 64 MB, as services/upload_files.py takes them."""

MEMBER_BYTES = 16 * 2**20
"""More than a table may have: one that is a little too large is refused in words beside its field."""

STRANGER_BYTES = 2 * 2**20


class LimitedUpload(FileUploadHandler):
    """Refuses a request that says it is too large for whoever sends it; other handlers keep the files."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Answers 400 without reading the body."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            limit = STRANGER_BYTES
        else:
            limit = STAFF_BYTES if user.is_staff else MEMBER_BYTES
        if content_length > limit:
            raise RequestDataTooBig(f"A body of {content_length} bytes is more than {limit}.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Passes the data on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keeps nothing."""
