"""Every error the core raises on purpose; foreign exceptions are turned into these where they enter.

    KitsumyError                    code + params; `messages.explain(error, language)` puts it into words
    |-- UsageError                  the arguments make no sense together
    |-- InputError                  a file or value from outside cannot be used; nothing was changed
    |   |-- PlanFileError           not a plan, or wrong in a named place (JSON Pointer)
    |   |-- BundleError             not a bundle, damaged, or unreasonably large
    |   `-- WorkflowError           not an API-format graph, or a slot cannot be found
    |-- EditError                   an edit does not fit the book (unknown id, wrong value)
    |-- StoreError                  the database or the image folder cannot do what was asked
    |   |-- NotFoundError           no such project, revision, take or image
    |   |-- NewerDataError          written by a newer program
    |   `-- StorageError            disk full, no permission, damaged image
    |-- ModelError                  a language model did not give what was asked
    |   |-- ModelAwayError          it does not answer, stopped answering, or is too busy
    |   |-- ModelSetupError         wrong address, key or model, or no money left: nothing a retry mends
    |   |-- ModelRejectedError      it refuses the request, for example a parameter or its length
    |   `-- ModelAnswerError        it answered, but with nothing that can be used
    `-- BackendError                a render did not come about
        |-- UnreachableError        the server does not answer
        |-- MissingResourcesError   nodes or models the graph needs are not on the server
        |-- RejectedError           the server refused the graph
        |-- RenderFailedError       the server started and failed
        |-- LostJobError            the server forgot the job (restarted, queue cleared)
        |-- StalledError            no progress for longer than the time-out
        |-- CancelledJobError       cancelled by the writer
        `-- UncertainError          a request may or may not have been accepted; never sent again blindly

`code` is stable and may be tested for by programs; `params` fill the message's placeholders and hold no
secrets. `retryable` says whether the same call may work later without a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class KitsumyError(Exception):
    """Base of all errors here: a stable code, and the facts that its message needs."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False

    def __init__(self, code: str | None = None, /, **params: Any) -> None:
        self.error_code = code or self.code
        self.params: Mapping[str, Any] = params
        facts = ", ".join(f"{key}={value!r}" for key, value in params.items())
        super().__init__(f"{self.error_code}({facts})")


class UsageError(KitsumyError):
    code = "usage"


class InputError(KitsumyError):
    code = "input"


class PlanFileError(InputError):
    """`path` in params is a JSON Pointer into the file, empty for the whole of it."""

    code = "plan-file"


class BundleError(InputError):
    code = "bundle"


class WorkflowError(InputError):
    code = "workflow"


class EditError(KitsumyError):
    code = "edit"


class StoreError(KitsumyError):
    code = "store"


class NotFoundError(StoreError):
    code = "not-found"


class NewerDataError(StoreError):
    code = "newer-data"


class StorageError(StoreError):
    code = "storage"
    retryable = True


class ModelError(KitsumyError):
    """`detail` in params is what the server said, shortened; shown as data, never as markup."""

    code = "llm"


class ModelAwayError(ModelError):
    """`after` in params is how many seconds the server asks to wait."""

    code = "llm-away"
    retryable = True


class ModelSetupError(ModelError):
    code = "llm-setup"


class ModelRejectedError(ModelError):
    """`status` in params is the HTTP status."""

    code = "llm-rejected"


class ModelAnswerError(ModelError):
    code = "llm-answer"


class BackendError(KitsumyError):
    code = "backend"


class UnreachableError(BackendError):
    code = "unreachable"
    retryable = True


class MissingResourcesError(BackendError):
    """`missing` in params is a list of {kind, name, where}."""

    code = "missing-resources"


class RejectedError(BackendError):
    code = "rejected"


class RenderFailedError(BackendError):
    code = "render-failed"


class LostJobError(BackendError):
    code = "lost-job"
    retryable = True


class StalledError(BackendError):
    code = "stalled"
    retryable = True


class CancelledJobError(BackendError):
    code = "cancelled"


class UncertainError(BackendError):
    """The server may or may not have accepted a paid request; only the writer can say what to do."""

    code = "uncertain"
