"""Django's SQLite backend, whose writers wait in a queue instead of sleeping: ENGINE names this package."""
