"""Whatever document comes: no traceback, and the flow is text that can be read again."""

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cordboard.vxml.importing import Imported, import_document
from flow_runtime.core.check import check_text
from flow_runtime.core.syntax import parse
from vxml.vxml_kit import SITE, documents

RELAXED = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def sound(found: Imported) -> None:
    """Every flow is printed so that reading it gives the same, and every problem has a place."""
    texts = found.texts()
    assert texts or [p.code for p in found.problems] == ["vxml-xml"]
    for name, text in texts.items():
        read = parse(text)
        assert not read.problems, text
        assert read.flow == found.flows[name]
        check_text(text, SITE)
    assert all(p.place.line >= 1 and p.text for p in found.problems)


@RELAXED
@given(documents())
def test_any_document_of_the_vocabulary(text: str) -> None:
    sound(import_document(text.encode(), "line"))


@RELAXED
@given(documents(wild=True))
def test_any_nonsense_of_known_elements(text: str) -> None:
    sound(import_document(text.encode(), "line"))


@RELAXED
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    sound(import_document(content, "line"))


@RELAXED
@given(st.text(alphabet="<>/&;=\"'![]- vxmlformblckENTITYDOC" + string.digits, max_size=120))
def test_anything_like_xml(text: str) -> None:
    sound(import_document(text.encode(), "line"))
