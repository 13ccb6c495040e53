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
    "error": N_("Something went wrong. Try again; the log has the details."),
    "usage": N_("These settings do not go together. Choose others."),
    "input": N_("The file or value cannot be used. Choose another."),
    "plan-file": N_("The plan cannot be read."),
    "bundle": N_("The bundle cannot be used."),
    "workflow": N_("The workflow cannot be used. Choose another."),
    "edit": N_("The edit does not fit the book."),
    "store": N_("The store cannot do this."),
    "not-found": N_("It is not there any more."),
    "storage": N_("It could not be stored. Check the disk."),
    "backend": N_("The picture did not come about. Try again."),
    "unreachable": N_("The server does not answer. Check that it is running."),
    "cancelled": N_("Cancelled."),
    "uncertain": N_(
        "{server} may or may not have taken this picture. "
        "Look there, then choose: it came, send again, or forget."
    ),
    "seed-random-unresolved": N_("Panel {panel} wants a random seed; draw one first."),
    "workflow-unknown": N_("There is no workflow “{name}”. Choose one of these: {known}."),
    "workflow-too-large": N_(
        "The workflow {name} is larger than {limit} bytes. Export it without pictures inside."
    ),
    "workflow-unreadable": N_("The workflow {name} cannot be read: {problem}. Add it again."),
    "workflow-not-json": N_("The workflow file is not JSON. Export it again from ComfyUI."),
    "workflow-not-a-graph": N_("The file holds no workflow. In ComfyUI use Workflow > Export (API)."),
    "workflow-ui-format": N_(
        "This file is in the editor’s own format. In ComfyUI use Workflow > Export (API)."
    ),
    "workflow-node-broken": N_("Node {node} has no class or inputs. Export the workflow again."),
    "workflow-link-broken": N_(
        "Input {input} of node {node} points to {target}, which cannot be linked to. Mend it in ComfyUI."
    ),
    "workflow-cycle": N_("Node {node} depends on itself. Remove the loop in ComfyUI."),
    "workflow-slot-missing": N_("The workflow has no place for {slot}. Give a node the title @{slot}."),
    "workflow-slot-lost": N_(
        "{slot} was bound to {input} of node {node}, which is not there. Bind it again."
    ),
    "workflow-needs-picture": N_(
        "This workflow does not work without a picture for {slot}. Choose a take first, or another workflow."
    ),
    "workflow-optional-needed": N_(
        "Node {node} cannot do without the optional node before it. Take @optional out of that node’s title."
    ),
    "workflow-name-taken": N_("There is a workflow {name} already. Choose another name."),
    "workflow-name-invalid": N_("{name} cannot be a file name. Use letters, digits, - and _."),
    "workflow-shipped": N_(
        "{name} came with the program and cannot be changed. Add a copy under another name."
    ),
    "workflow-folder-closed": N_("Nothing can be written to {folder}: {problem}. Check its permissions."),
    "workflow-too-many-loras": N_("{count} LoRAs are chosen; at most {most} can be used. Take some away."),
    "workflow-changed": N_("Workflow {workflow} changed since this picture was asked for. Render again."),
    "requirements-unreadable": N_("requirements.toml cannot be read. Mend it or take the shipped one."),
    "missing-resources": N_(
        "{server} lacks what the workflow needs: {missing}. Install it or choose another workflow."
    ),
    "rejected": N_("{server} refused the workflow: {problem}. Mend the named nodes."),
    "rejected-without-reason": N_("{server} refused the workflow without a reason ({status}). See its log."),
    "upload-refused": N_("{server} did not take an input image ({status}). Check its disk and its log."),
    "render-failed": N_(
        "{node_type} (node {node}) failed on {server}: {problem}. Try again, or choose another workflow."
    ),
    "render-out-of-memory": N_("{server} ran out of memory in {node_type}. Choose a lower level of detail."),
    "render-without-pictures": N_("The workflow ended without a picture. Add a SaveImage node."),
    "picture-broken": N_("The picture arrived damaged. Render again."),
    "lost-job": N_("{server} forgot the picture (it was restarted or cleared). Render again."),
    "picture-gone": N_("{file} is no longer on {server}. Render again."),
    "stalled": N_(
        "No progress on {server} for {seconds} s; it was withdrawn. Try again or raise GENERATION_TIMEOUT."
    ),
    "interrupted-on-server": N_("Somebody interrupted the picture on {server}. Render again."),
    "server-unreachable": N_("{server} does not answer. Start it, or check its address in COMFYUI_HOSTS."),
    "no-server-answers": N_(
        "None of the servers answered for a long time ({servers}). Start one, then try again."
    ),
    "server-answers-badly": N_("{server} answered {path} with {status}. Check that it is a ComfyUI."),
    "server-refuses-access": N_("{server} refuses access ({status}). Check user and password."),
    "server-url-invalid": N_("{url} is not a server’s address. Write host:port or http(s)://..."),
    "request-not-for-backend": N_(
        "A request for {request} cannot be rendered by {backend}. Render again and choose a backend."
    ),
    "comfyui-ready": N_("{server} is ready: ComfyUI {version} on {device}; jobs waiting: {waiting}."),
    "comfyui-list-unreadable": N_("{server} cannot list its nodes, so {workflow} is unchecked. See its log."),
    "workflows-ready": N_("{server} can run: {workflows}."),
    "optional-missing": N_("{server} could do some workflows better or faster with: {missing}."),
    "no-workflow-ready": N_("{server} can run no workflow yet. Add the models named below to it."),
    "workflow-lacks": N_("{server} lacks something for {workflow}: {missing}. Install it there."),
    "prompt-not-english": N_(
        "Not in English, so image models may misread it: {panels}. Add an English version."
    ),
    "style-unreadable": N_("The style {file} cannot be read: {problem}. Mend the file or delete it."),
    "style-id": N_("“{id}” cannot be a style’s id. Use small Latin letters, digits and hyphens."),
    "styles-fixed": N_("Styles cannot be changed here: there is no data folder. Set KITSUMY_DATA_DIR."),
    "workflows-differ": N_(
        "Characters want different workflows ({others}); “{chosen}” is used for: {panels}."
    ),
    "too-many-characters": N_(
        "More characters than “{workflow}” keeps apart ({most}), so their features may mix: {panels}."
        " Choose a workflow with reference pictures, or split the picture."
    ),
    "loras-left-out": N_("More than ten LoRAs: {loras} are left out for {panels}."),
    "profiles-unreadable": N_(
        "{file} cannot be read: {problem}. Mend or delete it; until then the usual levels of detail are used."
    ),
    "profile-value": N_("“{field}” of the level of detail {profile} must be between {least} and {most}."),
}
