"""The reminders and messages that this app registers at start-up."""


def register() -> None:
    """Registers the kinds of the app; called once, when the applications are ready."""
