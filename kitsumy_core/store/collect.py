"""Delete images that nothing in the store names any more, once they are old enough to be nobody's work."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, select

from kitsumy_core.store.bundle_format import HASH_IN_JSON
from kitsumy_core.store.change import Part, now
from kitsumy_core.store.tables import busyness, conflicts, jobs, journal, snapshots, takes

GRACE = timedelta(days=7)


class Collector(Part):
    """Cleaning up after purged projects and imports that came to nothing."""

    def collect_images(self, grace: timedelta = GRACE) -> list[str]:
        """Delete the images that no take, job or revision of any project names, in the trash or not.

        An image younger than `grace` stays: its take may be about to be stored. Returns what was deleted.
        """
        oldest = now() - grace
        candidates = {found.image for found in self.images.list() if found.modified < oldest}
        if not candidates:
            return []
        with self.database.read() as connection:
            unused = candidates - _named_images(connection)
        for image in unused:
            self.images.delete(image)
        if unused:
            with self.database.write() as connection:
                for image in unused:
                    connection.execute(delete(busyness).where(busyness.c.image == image))
        return sorted(unused)


def _named_images(connection: Connection) -> set[str]:
    named = set(connection.execute(select(takes.c.image)).scalars())
    for column in (
        takes.c.request,
        takes.c.shot,
        jobs.c.request,
        jobs.c.shot,
        journal.c.patch,
        snapshots.c.book,
        conflicts.c.content,
    ):
        for text in connection.execute(select(column).execution_options(yield_per=200)).scalars():
            named.update(HASH_IN_JSON.findall(text))
    return named
