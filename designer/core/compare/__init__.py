"""What is different in two flows, as a person would say it: by meaning, not by lines."""

from designer.core.compare.changes import Change, Comparison, compare
from designer.core.compare.told import english, lines_of, said
from designer.core.compare.united import United, united

__all__ = ["Change", "Comparison", "United", "compare", "english", "lines_of", "said", "united"]
