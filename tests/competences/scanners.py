"""Antivirus of the tests, named by the setting EVIDENCE_SCANNER."""


def refuse(path):
    """Says that the file, which is there whole, is not clean."""
    assert path.stat().st_size > 0
    return False


def accept(path):
    """Says that the file is clean."""
    return path.is_file()


def fall(path):
    """Does not answer."""
    raise TimeoutError


def say_nothing(path):
    """Forgets to say that the file is clean."""
