"""Ask the writer about a picture that a paid server may or may not be making."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.store import Job
from studio import services
from studio.components.naming import in_words, panel_name
from studio.texts import _


def uncertain(book: Book, job: Job) -> None:
    """Draw one uncertain job with its three ways out."""
    engine = services.current().engine
    with st.container(border=True, key=f"uncertain-{job.id}", gap="small"):
        text = in_words(job.error_code or "uncertain", job.error_params)
        st.markdown(f":orange[:material/help:] **{panel_name(book, job.panel_id)}** · {text}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                _("Job id on the server"),
                key=f"remote-{job.id}",
                placeholder=_("if you found it there"),
                help=_("With its id the picture is fetched; without it the job is only closed."),
                width=260,
            )
            st.button(
                _("It came"),
                icon=":material/download_done:",
                key=f"came-{job.id}",
                on_click=_came,
                args=(job.id,),
            )
            st.button(
                _("Send again"),
                icon=":material/send:",
                key=f"again-{job.id}",
                help=_("If the first one was taken after all, both cost money."),
                on_click=engine.resolve,
                args=(job.id, "again"),
            )
            st.button(
                _("Forget it"),
                icon=":material/delete:",
                key=f"forget-{job.id}",
                on_click=engine.resolve,
                args=(job.id, "forget"),
            )


def _came(job_id: str) -> None:
    remote = str(st.session_state.get(f"remote-{job_id}") or "").strip()
    services.current().engine.resolve(job_id, "came", remote)
