"""The committee's first page: are we on track, and if not, where."""

from pages.ui import textes

textes.titre("Synthèse")
