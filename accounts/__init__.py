"""People, organisations, mandates, the access door and the outbox of notifications."""
