"""The entry: `streamlit run app.py` serves the frame, in French, with the headers of the façade."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.ui import facade

FACADE = Middleware(facade.Facade, tuiles=facade.hote_des_tuiles())

app = st.App(Path(__file__).parent / "pages" / "ui" / "cadre.py", middleware=[FACADE])

if __name__ == "__main__":
    app.run()
