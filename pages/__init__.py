"""Everything that knows Streamlit: one file per page, named as in the menu, and the kit they share in `ui`."""
