"""Rows of a data frame as plain tuples, missing values as None: whole results compared."""

import pandas


def rows(frame: pandas.DataFrame) -> list[tuple[object, ...]]:
    return [tuple(None if pandas.isna(v) else v for v in ligne) for ligne in frame.itertuples(index=False)]
