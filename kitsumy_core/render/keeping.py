"""Store what a job made as takes, and show a take on the page where it is the better picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from kitsumy_core.errors import EditError, NotFoundError, RenderFailedError
from kitsumy_core.page.sizes import panel_box
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.render.backend import Picture
from kitsumy_core.render.shot import shot_of
from kitsumy_core.render.staleness import drawn_by, is_stale
from kitsumy_core.store import Claim, Job, Store, Take
from kitsumy_core.store.change import now

log = structlog.get_logger()

ENGINE_AUTHOR = "engine"
"""Who picks a take by itself: not the writer, whose undo it must not disturb."""


class Keeper:
    """Works on the store alone; safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def from_cache(self, claim: Claim) -> bool:
        """Finish a job with a picture that the very same request made before.

        False if there is none, or if the writer wants it made anew.
        """
        job = claim.job
        if job.anew:
            return False
        known = self._store.find_take_by_request(job.request_key, job.project_id)
        if known is None or not self._store.images.has(known.image):
            return False
        elsewhere = (known.project_id, known.panel_id) != (job.project_id, job.panel_id)
        if elsewhere or is_stale(known.shot, job.shot, drawn_by(known.made_by)):
            known = replace(
                known,
                id=f"{claim.attempt.id}-1",
                project_id=job.project_id,
                panel_id=job.panel_id,
                shot=job.shot,
                created=now(),
                favourite=False,
            )
        self._finish(claim, [known], None, 0.0)
        return True

    def keep(
        self, claim: Claim, pictures: Sequence[Picture], seconds: float | None, cost: float | None
    ) -> None:
        """Finish a job with its pictures. Raises StorageError, InputError for what is no picture."""
        if not pictures:
            raise RenderFailedError("no-pictures")
        each = (seconds or 0.0) / len(pictures)
        takes = [self._take(claim, number, picture, each) for number, picture in enumerate(pictures, 1)]
        self._finish(claim, takes, seconds, cost)

    def _finish(self, claim: Claim, takes: Sequence[Take], seconds: float | None, cost: float | None) -> None:
        """Store the takes, show the first where it is better, then close the job: whoever sees it done finds
        all of that done, and a process that is killed in between is made up for by the next one.
        """
        for take in takes:
            self._store.add_take(take)
        self._show(claim.job, takes[0])
        self._store.settle(claim.attempt.id, takes, seconds=seconds, cost=cost)

    def _take(self, claim: Claim, number: int, picture: Picture, seconds: float) -> Take:
        """Return the take of a picture. Its id is the attempt's, so that it is stored once, fetched by whom
        and how often ever.
        """
        job = claim.job
        image, facts = self._store.images.put_foreign(picture.data)
        if job.backend != "sketch":
            from kitsumy_core.page.art import opened

            self._store.busyness([image], lambda _: opened(picture.data))  # now, while nobody waits for it
        return Take(
            id=f"{claim.attempt.id}-{number}",
            project_id=job.project_id,
            panel_id=job.panel_id,
            image=image,
            width=facts.width,
            height=facts.height,
            mime=facts.mime,
            backend=job.backend,
            made_by=job.backend,
            created=now(),
            seed=picture.seed,
            shot=job.shot,
            request=job.request,
            seconds=seconds,
        )

    def _show(self, job: Job, take: Take) -> None:
        try:
            if self._is_better(self._store.head(job.project_id).book, take):
                wanted = edit("pick_take", panel_id=job.panel_id, take_id=take.id)
                self._store.commit(job.project_id, wanted, ENGINE_AUTHOR)
        except (EditError, NotFoundError) as error:
            log.info("take not picked", job=job.id, panel=job.panel_id, code=error.error_code)

    def _is_better(self, book: Book, take: Take) -> bool:
        """Tell whether a take should replace what its panel shows without the writer being asked."""
        chosen = book.picks.get(take.panel_id)
        if chosen is None:
            return True
        try:
            shown = self._store.take(take.project_id, chosen)
        except NotFoundError:
            return True
        box = panel_box(book, take.panel_id)
        today = shot_of(book, take.panel_id, box) if box else None
        replaces_sketch = shown.made_by == "sketch" != take.made_by
        replaces_render = take.made_by == "sketch" != shown.made_by
        was_stale = is_stale(shown.shot, today, drawn_by(shown.made_by))
        is_todays = not is_stale(take.shot, today, drawn_by(take.made_by))
        return is_todays and not replaces_render and (was_stale or replaces_sketch)
