"""The entry: `streamlit run app.py` serves the frame, in French, with the headers of the façade."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.ui import facade

FACADE = Middleware(facade.Facade, tuiles=facade.hote_des_tuiles())

CADRE = Path(__file__).parent / "pages" / "ui" / "cadre.py"
app = st.App(CADRE, middleware=[FACADE], lifespan=facade.vie_du_serveur)

if __name__ == "__main__":
    app.run()
