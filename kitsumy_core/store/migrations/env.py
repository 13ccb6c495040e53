"""Run migrations on the connection that `store/migrate.py` hands over; it owns transaction and lock."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()
