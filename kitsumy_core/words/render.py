"""Words for renders: sketches, servers, workflows, failures."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

RENDER: Mapping[str, Text] = {
    "sketch-ready": N_("Storyboard sketches are ready: they need no server."),
    "sketch-wrong-request": N_(
        "A request for {backend} was sent to the sketch backend. Render again and choose a backend."
    ),
    "sketch-failed": N_(
        "The sketch of panel {panel} could not be drawn ({problem}). Free some memory or disk space."
    ),
    "internal": N_("A mistake in the program stopped this picture. The log has the details; try again."),
    "error": N_("Something went wrong."),
    "usage": N_("These settings do not go together."),
    "input": N_("The file or value cannot be used."),
    "plan-file": N_("The plan cannot be read."),
    "bundle": N_("The bundle cannot be used."),
    "workflow": N_("The workflow cannot be used."),
    "edit": N_("The edit does not fit the book."),
    "store": N_("The store cannot do this."),
    "not-found": N_("It is not there any more."),
    "storage": N_("It could not be stored. Check the disk."),
    "backend": N_("The picture did not come about."),
    "unreachable": N_("The server does not answer. Is it running?"),
    "missing-resources": N_("The server lacks something the workflow needs: {missing}."),
    "rejected": N_("The server refused the workflow."),
    "render-failed": N_("The server could not make the picture."),
    "lost-job": N_("The server forgot the picture (it was restarted). Render again."),
    "stalled": N_("The server made no progress for too long. Check it, then render again."),
    "cancelled": N_("Cancelled."),
    "seed-random-unresolved": N_("A random seed has to be drawn before rendering panel {panel}."),
    "workflow-unknown": N_("There is no workflow “{name}”. Known: {known}."),
    "workflow-too-large": N_("The workflow {name} is larger than {limit} bytes."),
    "workflow-unreadable": N_("The workflow {name} cannot be read: {problem}."),
}
