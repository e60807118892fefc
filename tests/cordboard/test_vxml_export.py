"""Flows as VoiceXML: valid documents, and a word about each thing that is not the same there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cordboard.manual.trial import furnish
from cordboard.surroundings import standalone
from cordboard.vxml.elements import Element
from cordboard.vxml.export import Exported, export_flow
from cordboard.vxml.importing import import_document
from cordboard.vxml.reading import read_xml
from cordboard.vxml.vocabulary import structure_problems
from docs_kit import ROOT, all_blocks, page_files
from flow_runtime.core.check import check_text, has_errors
from flow_runtime.core.model import Flow
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.syntax import parse
from vxml.vxml_kit import exported

PROMPTS, _ = PromptBook.build(
    {"en": {"hi": "Hello {name}.", "both": "Both."}, "zh-CN": {"hi": "你好。"}},
    {"en": {"both": "/prompts/en/both.wav", "tune": "/prompts/en/tune.wav"}},
)


DIALLED = "answered_ended -> b\nbusy -> b\nno_answer -> b\nfailed -> b"


def valid(found: Exported) -> Element:
    """The root of a document, which is VoiceXML."""
    root = read_xml(found.document.encode())
    assert isinstance(root, Element)
    assert [p.text for p in structure_problems(root)] == []
    ids = [dialog.get("id") for dialog in root.elements("form", "menu")]
    assert len(set(ids)) == len(ids)
    for element in root.walk():
        address = element.get("next") or ""
        assert not address.startswith("#") or address[1:] in ids
    return root


def dialog(node: str, before: str = "") -> str:
    """The dialog of the node *a* whose lines are *node*, without its own tags."""
    lines = "\n".join("  " + line for line in node.splitlines()[1:])
    text = f"flow f\nschema 1\n{before}\nstart -> a\n\nnode a: {node.splitlines()[0]}\n{lines}\n"
    found = exported(text + "\nnode b: hangup\n\nnode c: hangup\n", PROMPTS)
    valid(found)
    inside = re.search(r'<(form|menu) id="a">\n(.*?)\n  </\1>', found.document, re.S)
    assert inside is not None, found.document
    return re.sub(r"^    ", "", inside[2], flags=re.M)


def told(node: str, before: str = "") -> list[str]:
    """What the report says of it."""
    lines = "\n".join("  " + line for line in node.splitlines()[1:])
    text = f"flow f\nschema 1\n{before}\nstart -> a\n\nnode a: {node.splitlines()[0]}\n{lines}\n"
    found = exported(text + "\nnode b: hangup\n\nnode c: hangup\n", PROMPTS)
    return [f"{p.severity}: {p.text}" for p in found.problems]


def close(text: str) -> str:
    """*text* without blanks between its elements."""
    return re.sub(r">\s+<", "><", text)


def block(content: str) -> str:
    return f'<block>{content}<goto next="#b"/></block>'


@pytest.mark.parametrize(
    ("sound", "prompt"),
    [
        ('"a < b & {n}"', "a &lt; b &amp; <value expr=\"n\"/>"),
        ('"{n:digits}, {n:money}"', '<say-as interpret-as="vxml:digits"><value expr="n"/></say-as>'
         ', <say-as interpret-as="vxml:currency"><value expr="n"/></say-as>'),
        ('["a", silence(300ms), "b"]', 'a<break time="300ms"/>b'),
        ('["a", "b"]', "<s>a</s><s>b</s>"),
        ('file("x.wav")', '<audio src="x.wav"/>'),
        ('file("{n}.wav")', "<audio expr=\"'' + n + '.wav'\"/>"),
        ('t"both"', '<audio src="prompts/en/both.wav">Both.</audio>'),
        ('t"tune"', '<audio src="prompts/en/tune.wav"/>'),
        ("name", '<value expr="name"/>'),
        ("tape", '<audio expr="tape"/>'),
    ],
)  # fmt: skip
def test_what_is_heard(sound: str, prompt: str) -> None:
    before = 'var n: text = ""\nvar name: text = ""\nvar tape: recording?\n'
    found = dialog(f"say\ntext = {sound}\n-> b", before)
    assert close(found) == block(f"<prompt>{prompt}</prompt>")


@pytest.mark.parametrize(
    ("node", "content"),
    [
        ('say\ntext = "a"\ninterruptible = false\n-> b', '<prompt bargein="false">a</prompt>'),
        ('say\ntext = "a"\nvoice = "anna"\n-> b',
         '<prompt><voice name="anna">a</voice></prompt>'),
        ('play\nprompt = "a"\ntimes = 2\n-> b', "<prompt>a</prompt><prompt>a</prompt>"),
        ("wait\ntime = 1500ms\n-> b", '<prompt><break time="1500ms"/></prompt>'),
        ('log\ntext = "n is {n}"\n-> b', '<log>n is <value expr="n"/></log>'),
        ("set\nn = n + 1\n-> b", '<assign name="n" expr="n + 1"/>'),
        ("answer\n-> b", ""),
    ],
)  # fmt: skip
def test_nodes_that_go_on(node: str, content: str) -> None:
    assert close(dialog(node, "var n: number = 0\n")) == block(content)


@pytest.mark.parametrize(
    ("node", "content"),
    [
        ("hangup", "<exit/>"),
        ('hangup\nreason = "nuisance"', "<exit expr=\"'nuisance'\"/>"),
        ('jump_flow\nflow = "x/night.flow"', '<goto next="x/night.vxml"/>'),
    ],
)
def test_nodes_that_end(node: str, content: str) -> None:
    assert dialog(node) == f"<block>\n  {content}\n</block>"


def test_branches() -> None:
    assert dialog("if\nwhen = n > 1\ntrue -> b\nfalse -> c", "var n: number = 0\n") == (
        '<block>\n  <if cond="n &gt; 1">\n    <goto next="#b"/>\n    <else/>\n'
        '    <goto next="#c"/>\n  </if>\n</block>'
    )
    found = dialog('switch\non = t\n1 -> b\n"x" -> c\nnone -> b\nelse -> c', "var t: any\n")
    assert re.findall('cond="(.*?)"', found) == ["t === 1", "t === 'x'", "t == null"]
    counted = dialog("count\nvariable = n\nlimit = 3\nunder -> b\nover -> c", "var n: number = 0\n")
    assert '<assign name="n" expr="n + 1"/>\n  <if cond="n &lt;= 3">' in counted
    made = dialog("count\nvariable = tries\nlimit = 3\nunder -> b\nover -> c")
    assert 'expr="(tries == null ? 0 : tries) + 1"' in made


def test_a_menu() -> None:
    node = 'menu\nprompt = "Key?"\nattempts = 2\ninvalid_prompt = "No."\n1 "One" -> b\n'
    node += '"#" -> c\nfailed -> b'
    assert dialog(node) == (
        '<property name="termchar" value=""/>\n'
        '<prompt timeout="5s">Key?</prompt>\n'
        '<choice dtmf="1" next="#b">One</choice>\n<choice dtmf="#" next="#c"/>\n'
        "<noinput>\n  <reprompt/>\n</noinput>\n"
        '<noinput count="2">\n  <goto next="#b"/>\n</noinput>\n'
        "<nomatch>\n  <prompt>No.</prompt>\n  <reprompt/>\n</nomatch>\n"
        '<nomatch count="2">\n  <goto next="#b"/>\n</nomatch>'
    )


def test_digits() -> None:
    node = 'digits\nprompt = "Key?"\nmin = 2\nmax = 4\nend_key = "*"\nattempts = 1\n'
    node += "into = entry\n-> b\nfailed -> c"
    assert dialog(node) == (
        '<field name="entry_2" type="digits?minlength=2;maxlength=4">\n'
        '  <property name="interdigittimeout" value="3s"/>\n'
        '  <property name="termchar" value="*"/>\n'
        '  <prompt timeout="5s">Key?</prompt>\n'
        '  <noinput>\n    <goto next="#c"/>\n  </noinput>\n'
        '  <nomatch>\n    <goto next="#c"/>\n  </nomatch>\n'
        '  <filled>\n    <assign name="entry" expr="entry_2"/>\n    <goto next="#b"/>\n'
        "  </filled>\n"
        "</field>"
    )


def test_record_and_dial() -> None:
    record = dialog('record\nprompt = "Go."\nmax_length = 1m\ninto = tape\n-> b\ntoo_short -> c')
    assert record.startswith(
        '<record name="message" beep="true" maxtime="60s" finalsilence="3s" dtmfterm="true">\n'
        "  <prompt>Go.</prompt>\n  <noinput>\n"
    )
    dial = dialog(
        'dial\nto = "0{n}"\ntimeout = 20s\nanswered_ended -> b\nbusy -> c\nno_answer -> c\n'
        "failed -> b",
        'var n: text = ""\n',
    )
    assert dial.startswith(
        '<transfer name="dialled" destexpr="\'tel:0\' + n" bridge="true" connecttimeout="20s">\n'
        '  <catch event="error.connection">\n    <goto next="#b"/>\n'
    )
    assert re.findall(r'cond="(.*?)"', dial) == [
        "dialled == 'busy'",
        "dialled == 'noanswer'",
        "dialled == 'far_end_disconnect' || dialled == 'near_end_disconnect'",
    ]


def test_sub_flows() -> None:
    text = (
        "flow part\nschema 1\ninput who: text\ninput tries: number = 2\noutput level: text?\n\n"
        'start -> a\n\nnode a: subflow\n  flow = "x.flow"\n  inputs = {n: tries}\n'
        "  outputs = {level: grade}\n  known -> b\n  unknown -> c\n\n"
        'node b: end\n  outcome = "yes"\n\nnode c: end\n'
    )
    found = exported(text)
    root = valid(found)
    first, called, *ends = root.elements("form")
    assert [var.attributes for var in first.elements("var")] == [
        {"name": "who"}, {"name": "tries", "expr": "2"},
    ]  # fmt: skip
    (call,) = called.elements()
    assert call.attributes == {"name": "result", "src": "x.vxml"}
    assert [p.attributes for p in call.elements("param")] == [{"name": "n", "expr": "tries"}]
    assert "result.flow_outcome == 'known'" in found.document
    assert '<assign name="flow_outcome" expr="\'yes\'"/>' in found.document
    assert found.document.count('<return namelist="flow_outcome level"/>') == len(ends) == 2


def test_errors_hangups_and_their_places() -> None:
    text = (
        "flow f\nschema 1\nstart -> a\non_error -> b\non_hangup -> c\n\n"
        'node a: say\n  text = "a"\n  -> b\n  error -> c\n\nnode b: hangup\n\n'
        'node c: log\n  text = "gone"\n  -> b\n'
    )
    root = valid(exported(text))
    (error,) = root.elements("error")
    (hangup,) = root.elements("catch")
    assert error.elements()[0].get("next") == "#b"
    assert hangup.get("event") == "connection.disconnect"
    assert hangup.elements()[0].get("next") == "#c"
    own = root.elements("form")[0].elements("error")
    assert own[0].elements()[0].get("next") == "#c"


def test_names_that_voicexml_keeps_for_itself() -> None:
    text = "var class: number = 1\nvar _x: number = 2\nvar vx: number = 3\nvar ü: number = 4\n"
    found = dialog("set\nclass = _x + vx + ü\n-> b", text)
    assert '<assign name="class_" expr="v_x + vx + ü"/>' in found
    assert [line for line in told("set\nclass = 1\n-> b", text) if "is called" in line] == [
        "warning: the variable class is called class_ in the document",
        "warning: the variable _x is called v_x in the document",
    ]


def test_the_first_dialog_is_where_the_flow_starts() -> None:
    text = "flow f\nschema 1\nstart -> b\n\nnode a: hangup\n\nnode b: wait\n  time = 1s\n  -> a\n"
    assert [d.get("id") for d in valid(exported(text)).elements("form")] == ["b", "a"]


def test_titles_and_comments() -> None:
    text = (
        '# above --\nflow f "T"\nschema 1\n\nstart -> a  # go\n\n# of the node\n'
        'node a: say "Title"\n  # of the text\n  text = "a"  # behind\n  -> b\n  # at its end\n\n'
        "node b: hangup\n\n# last\n"
    )
    found = exported(text)
    valid(found)
    comments = re.findall("<!-- (.*?) -->", found.document)
    assert comments == [
        "above - -", "go", "Title", "of the node", "of the text", "behind", "at its end", "last",
    ]  # fmt: skip
    assert '<meta name="description" content="T"/>' in found.document


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ('db_lookup\nsource = "s"\nsql = "select 1"\nfound -> b\nnot_found -> b',
         "error: a: db_lookup has no counterpart in VoiceXML; the document throws an error in its"
         " place"),
        ('say\ntext = "{today()}"\n-> b', "error: a: the function today has no counterpart;"),
        ('say\ntext = "{n:date}"\n-> b', "error: a: the format :date has no counterpart;"),
        ('say\ntext = t"none"\n-> b', 'error: a: there is no prompt "none" to write out;'),
        ("set\ncontact.level = 1\n-> b", "error: a: contact.level: attributes of the contact"),
        ('play\nprompt = "a"\ntimes = 21\n-> b', "error: a: times is 21: more than 20"),
        ("wait\ntime = d\n-> b", "error: a: time is computed; there it must be a constant;"),
        ('say\ntext = "a"', "error: a: the port next leads nowhere; the document ends there"),
        ('menu\nprompt = "a"\nA -> b\nfailed -> b', "error: a: the key A has no counterpart;"),
        ('digits\nprompt = "a"\nsecret = true\ninto = x\n-> b\nfailed -> b',
         "error: a: secret: digits are not masked there"),
        ('digits\nprompt = "a"\nconfirm = true\ninto = x\n-> b\nfailed -> b',
         "error: a: confirm: digits are not read back there"),
        ('record\nreview = true\ninto = x\n-> b\ntoo_short -> b\nfailed -> b',
         "error: a: review: the caller cannot listen to the recording there"),
        (f'dial\nto = "1"\ncaller_id = "2"\n{DIALLED}',
         "error: a: caller_id: VoiceXML does not say which number the called side sees"),
        (f'dial\nto = "1"\nrecord = true\n{DIALLED}',
         "error: a: record: VoiceXML cannot record the talk"),
        ('subflow\nflow = "x.flow"\ninputs = n\n-> b', "error: a: inputs is computed;"),
        ("answer\nring = 2s\n-> b", "warning: a: ring: a VoiceXML document starts when the call"),
        ('record\nend_key = "*"\ninto = x\n-> b\ntoo_short -> b', "warning: a: end_key: any key"),
        ('digits\nprompt = "a"\nmin = 0\ninto = x\n-> b\nfailed -> b',
         "warning: a: min: no digit at all is silence there, and asked for again"),
        ('say\ntext = "{call.caller}"\n-> b', "warning: a: call.caller is an address there"),
        ('say\ntext = t"hi"\n-> b', "warning: the prompts of the table are written out in en:"),
        ('menu\nprompt = "a"\n1 -> b\nfailed -> b', "warning: attempts: silence and wrong keys"),
    ],
)  # fmt: skip
def test_what_is_told(node: str, said: str) -> None:
    before = 'var n: any = 0\nvar d: duration = 1s\nvar name: text = ""\n'
    lines = told(node, before)
    assert any(line.startswith(said) for line in lines), lines


def test_a_default_without_a_counterpart() -> None:
    text = "flow f\nschema 1\nvar d: duration = 5s\nstart -> a\n\nnode a: hangup\n"
    found = exported(text)
    assert '<var name="d"/>' in found.document
    assert [p.line("f") for p in found.problems] == [
        "f:3:1: error vxml-no-counterpart: var d: 5s has no counterpart; it has no value at first"
    ]


def test_a_node_without_a_counterpart_is_written_into_the_error_it_throws() -> None:
    found = dialog('http "Ask"\nurl = "https://h/"\nok -> b\nfailed -> b\nerror -> c')
    assert found == (
        '<error>\n  <goto next="#c"/>\n</error>\n<block>\n  <throw event="error.unsupported.http"'
        ' message="node a: http &quot;Ask&quot;&#10;  url = &quot;https://h/&quot;&#10;  ok -&gt; b'
        '&#10;  failed -&gt; b&#10;  error -&gt; c"/>\n</block>'
    )


# --- all flows there are --------------------------------------------------------------------------


def flows(folder: Path) -> Iterator[tuple[str, Flow, PromptBook]]:
    """Every flow of the manual and the samples that checks clean."""
    for n, block in enumerate(b for b in all_blocks("flow") if re.search("^flow ", b.text, re.M)):
        (folder / str(n)).mkdir()
        furnish(folder / str(n), page_files(block.page))
        path = folder / str(n) / "here.flow"
        path.write_text(block.text, encoding="utf-8")
        around, prompts = standalone(path)
        flow, problems = check_text(block.text, around)
        if flow is not None and not has_errors(problems):
            yield str(block), flow, prompts.book
    for path in sorted((ROOT / "sample_flows").rglob("*.flow")):
        flow = parse(path.read_text(encoding="utf-8")).flow
        assert flow is not None
        yield path.name, flow, standalone(path)[1].book


def test_every_flow_of_the_manual_and_the_samples_becomes_a_valid_document(tmp_path: Path) -> None:
    count = 0
    for name, flow, prompts in flows(tmp_path):
        for language in ("en", "zh-CN"):
            found = export_flow(flow, prompts, language)
            assert len(valid(found).elements("form", "menu")) >= len(flow.nodes), name
            back = import_document(found.document.encode(), "back")
            assert list(back.flows) == ["back"], (name, back.problems)
            count += 1
    assert count >= 20
