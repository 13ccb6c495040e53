"""How long the engine waits for what; a test or a benchmark may be less patient. All in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tempo:
    """The patience of one engine."""

    idle_look: float = 1.0
    """Between looks at the ledger that nobody woke it for: other processes queue jobs too."""
    lease: float = 15.0
    """After which another process looks after the attempts of one that says nothing."""
    beat: float = 4.0
    """Between two signs of life."""
    probe: float = 10.0
    """Between two looks at a server that answers and has nothing to do here."""
    probe_busy: float = 2.0
    """Between two looks at a server that works for us."""
    probe_failed: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
    """Between looks at a server that does not answer."""
    failover: float = 20.0
    """How long a job waits for its server to come back while others could do it."""
    give_up: float = 600.0
    """How long jobs wait while no server at all answers."""
    backoff: tuple[float, ...] = (2.0, 8.0)
    """Before the second try, the third, ...; there are no more tries than these and the first."""
    save_pauses: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
    """Between tries to store a picture while the disk or the database does not take it."""


TEMPO = Tempo()
