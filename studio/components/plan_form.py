"""Ask for an idea and how to plan it: with which model, or as a beat sheet without AI."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.models import ComicPlan
from kitsumy_core.planner.beat_sheets import LANGUAGES as BEAT_LANGUAGES
from kitsumy_core.planner.beats import SHEETS
from kitsumy_core.planner.estimate import estimate, money
from kitsumy_core.planner.llm.connect import configured
from kitsumy_core.planner.rules import DEFAULT_PAGES, LEAST_PAGES, MOST_PAGES
from kitsumy_core.planner.stages import Brief
from studio import library, services, state
from studio.components.story_form import LANGUAGES, language_name
from studio.texts import _, ngettext, plain

BEATS = "beats"
MOST_LETTERS = 4000
NAMES = {"openai": "OpenAI", "ollama": "Ollama"}


def plan_form(project_id: str | None = None) -> None:
    """Draw the form; with a project the plan goes into that empty comic."""
    ways = [*configured(services.current().settings), BEATS]
    st.text_area(
        _("Idea"),
        key="plan-idea",
        height=150,
        max_chars=MOST_LETTERS,
        placeholder=_("A robot guards an abandoned lighthouse. One night somebody knocks…"),
    )
    left, middle, right = st.columns([3, 2, 2], gap="medium")
    with left:
        _style()
    with middle:
        st.slider(_("Pages"), LEAST_PAGES, MOST_PAGES, DEFAULT_PAGES, key="plan-pages")
    with right:
        usual = state.language()
        st.selectbox(
            _("Language of the comic"),
            LANGUAGES,
            index=LANGUAGES.index(usual) if usual in LANGUAGES else 0,
            format_func={code: language_name(code) for code in LANGUAGES}.__getitem__,
            key="plan-language",
        )
    if st.session_state.get("plan-way") not in ways:
        st.session_state["plan-way"] = ways[0]
    st.segmented_control(
        _("Who plans"),
        ways,
        required=True,
        format_func=way_name,
        key="plan-way",
        label_visibility="collapsed",
    )
    if st.session_state["plan-way"] == BEATS:
        _sheet()
    if len(ways) == 1:
        connect_hint()
    _estimate(str(st.session_state["plan-way"]))
    st.button(
        _("Plan the comic"),
        icon=":material/auto_awesome:" if st.session_state["plan-way"] != BEATS else ":material/edit_note:",
        type="primary",
        key="plan-start",
        on_click=_start,
        args=(project_id,),
    )


def _sheet() -> None:
    """Let the writer choose how a story without AI is told; titles are in the studio's language."""
    place = BEAT_LANGUAGES.get(state.language(), BEAT_LANGUAGES["en"])
    st.segmented_control(
        _("How the story is told"),
        list(SHEETS),
        default=next(iter(SHEETS)),
        required=True,
        format_func=lambda sheet: SHEETS[sheet].title[place],
        key="plan-sheet",
    )


def way_name(way: str) -> str:
    """Return how a planner is called, with its model where one is chosen."""
    if way == BEATS:
        return _("Beat sheet, without AI")
    settings = services.current().settings
    name = NAMES.get(way) or urlsplit(settings.openai_base_url or "").netloc.rpartition("@")[2] or way
    return plain(f"{name} · {settings.llm_model}" if settings.llm_model else name)


def connect_hint() -> None:
    """Say how a language model is connected."""
    st.info(
        _("Without a language model the plan is a beat sheet: questions for you to answer, page by page.")
        + " "
        + _("With one, cast, outline and pages are written for you to edit."),
        icon=":material/lightbulb:",
    )
    st.page_link("screens/settings.py", label=_("Connect a language model"), icon=":material/settings:")


def _style() -> None:
    language = state.language()
    titles = [style.name_in(language) for style in library.styles().all().values()]
    st.selectbox(
        _("Style of the drawings"),
        titles,
        index=None,
        accept_new_options=True,
        placeholder=_("Choose or type"),
        key="plan-style",
    )


def _estimate(way: str) -> None:
    if way == BEATS:
        st.caption(_("Ready at once: the beats of the story spread over the pages."))
        return
    pages = int(st.session_state["plan-pages"])
    about = estimate(pages)
    calls = ngettext("about {n} call", "about {n} calls", about.calls)
    tokens = _("{read} tokens read, {written} written").format(
        read=_thousands(about.prompt), written=_thousands(about.answer)
    )
    said = [calls, tokens]
    if costs := cost(about.prompt, about.answer):
        said.append(costs)
    if seconds := _seconds(pages):
        said.append(duration(seconds))
    st.caption(" · ".join(said))


def _seconds(pages: int) -> float | None:
    """Return how long a plan takes by what this model needed before."""
    running = services.current()
    settings = running.settings
    try:
        speed, width = running.planner.known_speed(str(st.session_state["plan-way"]))
    except KitsumyError:
        return None
    return estimate(pages, width=settings.llm_concurrency or width, tokens_per_second=speed or None).seconds


def cost(prompt: int, answer: int) -> str:
    """Write what tokens cost, "" where no prices are set."""
    settings = services.current().settings
    amount = money(prompt, answer, settings.llm_price_read, settings.llm_price_written)
    if amount is None:
        return ""
    from babel.numbers import format_decimal

    shown = format_decimal(round(amount, 2 if amount >= 1 else 4), locale=state.language())
    return _("costs about {amount}").format(amount=shown)


def duration(seconds: float) -> str:
    """Write a length of time as people say it."""
    if seconds < 60:
        return ngettext("about {n} second", "about {n} seconds", max(1, round(seconds)))
    return ngettext("about {n} minute", "about {n} minutes", max(1, round(seconds / 60)))


def _thousands(number: int) -> str:
    return f"{round(number / 100) / 10:g}k" if number >= 1000 else str(number)


def _start(project_id: str | None) -> None:
    """Begin: the comic is made at once, and grows from now on."""
    idea = str(st.session_state["plan-idea"] or "").strip()
    if not idea:
        state.note(_("Write first what the comic is about; one sentence is enough."), "info")
        return
    style, way = str(st.session_state["plan-style"] or ""), str(st.session_state["plan-way"])
    pages, language = int(st.session_state["plan-pages"]), str(st.session_state["plan-language"])
    sheet = str(st.session_state.get("plan-sheet") or next(iter(SHEETS)))
    running = services.current()
    try:
        if way == BEATS:
            book = pipeline.draft(idea, style=style, max_pages=pages, language=language, sheet=sheet)
            made = (
                _put_in(project_id, book.plan)
                if project_id
                else running.store.create(book, state.author()).id
            )
            st.session_state["plan-go"] = True
        else:
            brief = Brief(idea=idea, style=style, max_pages=pages, language=language)
            made = running.planner.begin(brief, way, state.author(), project_id)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        return
    st.session_state["plan-again"] = False
    state.open_project(made)


def _put_in(project_id: str, drafted: ComicPlan) -> str:
    """Put a beat sheet into an empty comic, which keeps its format; undo takes it back. Raises StoreError."""
    store = services.current().store
    head = store.head(project_id)
    told = head.book.plan.kitsumy
    kit = told.but(**{name: getattr(drafted.kitsumy, name) for name in drafted.kitsumy.model_fields_set})
    wanted = edit("restore_book", content=head.book.but(plan=drafted.but(kitsumy=kit)))
    store.commit(project_id, wanted, state.author(), base_rev=head.rev)
    return project_id
