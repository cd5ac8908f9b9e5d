"""Pages of the administration, for the staff of the site."""

from competences.admin import caseload

__all__ = ["caseload"]
