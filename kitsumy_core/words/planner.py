"""Words for what language models and the planner report."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

PLANNER: Mapping[str, Text] = {
    "llm": N_("The language model did not give what was asked."),
    "llm-away": N_("The language model does not answer. Try again in a while."),
    "llm-setup": N_("The language model is not set up rightly. Look at its settings."),
    "llm-answer": N_("The language model’s answer cannot be used. Try again, or choose another model."),
    "llm-unreachable": N_(
        "The language model at {server} cannot be reached. Check that it runs and its address."
    ),
    "llm-silent": N_(
        "The language model at {server} said nothing for {seconds} s. It may still be loading: try again."
    ),
    "llm-stalled": N_("The language model at {server} stopped in the middle, for {seconds} s. Try again."),
    "llm-total": N_(
        "The answer of {model} took longer than {seconds} s. Try again, or choose a faster model."
    ),
    "llm-busy": N_("The language model at {server} has too much to do ({detail}). Try again in a while."),
    "llm-failed": N_("The server of the language model failed: {detail}. Look at its log, or try again."),
    "llm-empty": N_("{model} gave an empty answer. Try again, or choose another model."),
    "llm-model-unknown": N_("{server} has no model “{model}”. Choose one that it has, in the settings."),
    "llm-model-absent": N_("{server} has no model “{model}”. It has: {known}."),
    "llm-which-model": N_("{server} has several models. Choose one in the settings: {known}."),
    "llm-no-model": N_("{server} has no model to ask. Load one there, then try again."),
    "llm-quota": N_("The account at {server} has no credit left. Top it up, or choose another model."),
    "llm-key": N_("{server} does not accept the key. Set the right one in the settings."),
    "llm-key-missing": N_("{server} needs a key: set OPENAI_API_KEY, or enter it in the settings."),
    "llm-key-kept-back": N_(
        "The key was not sent to {server}: it was not set together with this address. "
        "Enter it again in the settings if it belongs there."
    ),
    "llm-address": N_("The address in {setting} cannot be used. Write it as http://host:port/v1."),
    "llm-address-missing": N_("Say where the server is: set OPENAI_BASE_URL, or enter it in the settings."),
    "llm-address-wrong": N_(
        "There is no language model behind {server} ({detail}). Its address usually ends in /v1."
    ),
    "llm-not-a-server": N_(
        "What answers at {server} is no language model. Check the address; it usually ends in /v1."
    ),
    "llm-kind": N_("There is no kind of language model called “{name}”."),
    "llm-rejected": N_("{model} refused the request: {detail}."),
    "llm-too-long": N_(
        "The story is too long for {model}: {detail}. Give the server a larger context, or plan fewer pages."
    ),
    "llm-cut": N_("{model} was cut off twice before it had finished. Ask for less, or choose another model."),
    "llm-unfit": N_("{model} gave nothing usable, even when asked again: {detail}. Try again."),
    "llm-endless": N_("{model} did not stop writing. Try again, or choose another model."),
    "llm-refused": N_("{model} declined to write this. {detail}"),
    "llm-ready": N_("{server} answers; models: {known}. Calls at once: {width}."),
    "llm-not-configured": N_("No language model is configured: plans are beat sheets to fill in."),
    "template-damaged": N_("The prompt {file} cannot be used: {problem}."),
    "plan-unfinished": N_(
        "Pages without panels: {pages}. {problem} The same command continues where it stopped."
    ),
    "planning-estimate": N_("About {calls} calls and {tokens} tokens."),
    "planning-cast": N_("The cast is there: {names}."),
    "planning-outline": N_("The outline is there: pages {pages}."),
    "planning-page": N_("Page {n} is there ({done} of {total})."),
    "planning-page-failed": N_("Page {n} failed. {problem}"),
    "planning-resumed": N_("Continuing what was begun: steps that are there {done}."),
    "planned-with": N_(
        "Planned with {model}: pages {pages}, panels {panels}. Calls {calls}, tokens {tokens}."
    ),
    "character-not-found": N_("This character is not in the comic any more."),
    "run-not-found": N_("This planning is not there any more."),
    "run-is-running": N_("It is being planned already."),
    "proposal-not-found": N_("This proposal is not there any more."),
    "nothing-changed": N_("The model left everything as it was. Say more exactly what should be different."),
    "nothing-to-propose": N_("Everything here is locked or written by hand: there is nothing to rewrite."),
}
