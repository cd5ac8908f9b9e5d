#!/usr/bin/env python
"""The one door to every command of the house."""

import os
import sys


def main() -> None:
    """Run a command with the development settings, unless DJANGO_SETTINGS_MODULE names others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
