"""Keep projects, their whole history, their takes and images; `Store` is the one door to all of it."""

from __future__ import annotations

from kitsumy_core.plan.edits import edit
from kitsumy_core.settings import Settings
from kitsumy_core.store.attempts import Attempts, Ending
from kitsumy_core.store.authorship import Authorship
from kitsumy_core.store.bundle import Bundles, Exported
from kitsumy_core.store.busyness import Busyness
from kitsumy_core.store.choosing import Want
from kitsumy_core.store.collect import Collector
from kitsumy_core.store.comments import Comment, Comments
from kitsumy_core.store.conflicts import Conflicts
from kitsumy_core.store.database import Database
from kitsumy_core.store.drafts import Drafts
from kitsumy_core.store.images import ImageStore, PictureFacts
from kitsumy_core.store.journal import Journal
from kitsumy_core.store.ledger import Ledger
from kitsumy_core.store.migrate import migrate
from kitsumy_core.store.money import Money
from kitsumy_core.store.planning import Planning, Proposal, Run
from kitsumy_core.store.projects import Projects
from kitsumy_core.store.queue import Queue, QueueView
from kitsumy_core.store.records import (
    Answer,
    Attempt,
    Claim,
    Committed,
    Draft,
    Entry,
    Head,
    Job,
    JobState,
    NewJob,
    OpenConflict,
    Project,
    ServerRecord,
    Spending,
    Step,
    Take,
)
from kitsumy_core.store.takes import Takes, TakeSearch
from kitsumy_core.store.translations import Translations

__all__ = [
    "Answer",
    "Attempt",
    "Claim",
    "Comment",
    "Committed",
    "Draft",
    "Ending",
    "Entry",
    "Exported",
    "Head",
    "ImageStore",
    "Job",
    "JobState",
    "NewJob",
    "OpenConflict",
    "PictureFacts",
    "Project",
    "Proposal",
    "QueueView",
    "Run",
    "ServerRecord",
    "Spending",
    "Step",
    "Store",
    "Take",
    "TakeSearch",
    "Want",
]


class Store(
    Projects,
    Journal,
    Drafts,
    Conflicts,
    Ledger,
    Attempts,
    Money,
    Queue,
    Takes,
    Translations,
    Busyness,
    Bundles,
    Collector,
    Planning,
    Authorship,
    Comments,
):
    """The store of one data folder or server. Safe to use from many threads; each call is one transaction."""

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """Open the store, migrating it first if needed. Raises NewerDataError, StorageError, UsageError."""
        database = Database(settings)
        try:
            migrate(database)
            return cls(database, ImageStore.open(settings))
        except BaseException:
            database.close()
            raise

    def rename(self, project_id: str, title: str, author: str) -> Committed:
        """Give the comic another title: an edit of its plan."""
        return self.commit(project_id, edit("set_field", node="plan", field="title", value=title), author)

    def close(self) -> None:
        self.database.close()
