// Streamlit's own words, in French.
