"""When and how late work runs: the one place that knows Celery."""
