"""Set the page up and run the chosen screen; nothing else."""

from pathlib import Path

import streamlit as st

from studio import state
from studio.texts import _

HERE = Path(__file__).parent

st.set_page_config(page_title="Kitsumy Studio", page_icon=str(HERE / "assets" / "icon.png"), layout="wide")
state.begin()
st.logo(str(HERE / "assets" / "logo.svg"), icon_image=str(HERE / "assets" / "icon.png"), size="large")
screens = [
    st.Page(
        HERE / "screens" / "comics.py",
        title=_("Comics"),
        icon=":material/auto_stories:",
        url_path="comics",
        default=True,
    ),
    st.Page(HERE / "screens" / "plan.py", title=_("Plan"), icon=":material/auto_awesome:", url_path="plan"),
    st.Page(HERE / "screens" / "story.py", title=_("Story"), icon=":material/edit_note:", url_path="story"),
    st.Page(HERE / "screens" / "cast.py", title=_("Cast"), icon=":material/groups:", url_path="cast"),
    st.Page(HERE / "screens" / "pages.py", title=_("Pages"), icon=":material/grid_view:", url_path="pages"),
    st.Page(HERE / "screens" / "proof.py", title=_("Proof"), icon=":material/fact_check:", url_path="proof"),
    st.Page(HERE / "screens" / "render.py", title=_("Render"), icon=":material/brush:", url_path="render"),
    st.Page(
        HERE / "screens" / "export.py", title=_("Export"), icon=":material/ios_share:", url_path="export"
    ),
    st.Page(HERE / "screens" / "styles.py", title=_("Styles"), icon=":material/palette:", url_path="styles"),
    st.Page(
        HERE / "screens" / "settings.py", title=_("Settings"), icon=":material/settings:", url_path="settings"
    ),
]
screen = st.navigation(screens, position="top")
state.on_screen()
screen.run()
