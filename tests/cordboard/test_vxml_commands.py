"""The commands ``cordboard export`` and ``cordboard import``."""

from pathlib import Path

import pytest

from cordboard.__main__ import COMMANDS, command_module, main
from vxml.vxml_kit import document

FLOW = 'flow f\nschema 1\n\nstart -> a\n\nnode a: say\n  text = t"hi"\n  -> b\n\nnode b: hangup\n'
MENU = "<menu id='m'>Key?<choice dtmf='1' next='#m'/></menu>"
CALLED = "<form id='g'><block><return event='x'/></block></form>"
CALLS = f"<form id='f'><subdialog src='#g'/></form>{CALLED}"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/en.toml").write_text('hi = "Hi"\n', encoding="utf-8")
    (tmp_path / "prompts/zh-CN.toml").write_text('hi = "你好"\n', encoding="utf-8")
    (tmp_path / "line.flow").write_text(FLOW, encoding="utf-8")
    (tmp_path / "menu.vxml").write_bytes(document(MENU))
    (tmp_path / "calls.vxml").write_bytes(document(CALLS))
    monkeypatch.chdir(tmp_path)
    return tmp_path


Printed = pytest.CaptureFixture[str]


def test_every_command_has_its_module() -> None:
    assert {"export", "import"} <= COMMANDS.keys()
    for name in COMMANDS:
        assert callable(command_module(name).run)


# --- export ---------------------------------------------------------------------------------------


def test_export_writes_a_document_beside_the_flow(site: Path, capsys: Printed) -> None:
    assert main(["export", "line.flow", "--to", "vxml"]) == 0
    assert "<prompt>Hi</prompt>" in (site / "line.vxml").read_text(encoding="utf-8")
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "line.flow:1:1: warning vxml-differs: the prompts of the table are written out in en:"
        " their other languages have no counterpart in one document",
        "line.vxml: written",
    ]


def test_export_in_another_language_to_the_terminal(site: Path, capsys: Printed) -> None:
    arguments = ["export", "line.flow", "--to", "vxml", "--output", "-", "--language", "zh-CN"]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert out.startswith("<?xml") and out.endswith("</vxml>\n") and "你好" in out
    assert "warning vxml-differs" in err
    assert not (site / "line.vxml").exists()


def test_export_writes_over_nothing(site: Path, capsys: Printed) -> None:
    (site / "line.vxml").write_text("mine", encoding="utf-8")
    assert main(["export", "line.flow", "--to", "vxml"]) == 2
    said = "line.vxml: is there already; name another with --output, or --force\n"
    assert capsys.readouterr().err == said
    assert (site / "line.vxml").read_text(encoding="utf-8") == "mine"
    assert main(["export", "line.flow", "--to", "vxml", "--output", "other.vxml"]) == 0
    assert main(["export", "line.flow", "--to", "vxml", "--force"]) == 0
    assert (site / "line.vxml").read_bytes() == (site / "other.vxml").read_bytes()


def test_export_tells_what_has_no_counterpart(site: Path, capsys: Printed) -> None:
    text = FLOW.replace('text = t"hi"', 'text = "{today()}"')
    (site / "line.flow").write_text(text, encoding="utf-8")
    assert main(["export", "line.flow", "--to", "vxml"]) == 1
    assert "line.flow:6:1: error vxml-no-counterpart: a: the function today" in (
        capsys.readouterr().out
    )
    assert (site / "line.vxml").exists()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (FLOW.replace("-> b", "-> c"), 1, "line.flow:8:3: error unknown-target: "),
        ("flow f\nnode\n", 1, "line.flow:2:5: error syntax-"),
        ("flow \xff", 2, "line.flow:1:6: error syntax-encoding: "),
    ],
)
def test_a_flow_with_errors_is_not_exported(
    site: Path, capsys: Printed, text: str, code: int, said: str
) -> None:
    (site / "line.flow").write_bytes(text.encode("latin-1"))
    assert main(["export", "line.flow", "--to", "vxml"]) == code
    assert said in capsys.readouterr().err
    assert not (site / "line.vxml").exists()


def test_files_that_export_cannot_read_or_write(site: Path, capsys: Printed) -> None:
    assert main(["export", "none.flow", "--to", "vxml"]) == 2
    assert main(["export", "line.flow", "--to", "vxml", "--config", "none.toml"]) == 2
    assert main(["export", "line.flow", "--to", "vxml", "--output", "none/x.vxml"]) == 2
    assert main(["export", "line.flow", "--to", "vxml", "--output", "prompts", "--force"]) == 2
    err = capsys.readouterr().err.splitlines()
    assert err[0] == "none.flow: cannot be read: No such file or directory"
    assert "none.toml" in err[1]
    assert err[2:] == ["none/x.vxml: there is no folder none", "prompts: cannot be written: Is a"
                       " directory"]  # fmt: skip


def test_only_known_languages(site: Path, capsys: Printed) -> None:
    with pytest.raises(SystemExit):
        main(["export", "line.flow", "--to", "html"])
    assert "invalid choice: 'html'" in capsys.readouterr().err


# --- import ---------------------------------------------------------------------------------------


def test_import_writes_a_flow_beside_the_document(site: Path, capsys: Printed) -> None:
    assert main(["import", "menu.vxml"]) == 0
    text = (site / "menu.flow").read_text(encoding="utf-8")
    assert text.startswith("flow menu\nschema 1\n")
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "menu.vxml:3:1: warning vxml-differs: it is asked without end; lead failed to where a call"
        " should go after a while",
        "menu.flow: written; cordboard check menu.flow shows what is left to do",
    ]
    assert main(["check", "menu.flow"]) == 0
    assert main(["fmt", "--check", "menu.flow"]) == 0


def test_import_to_the_terminal(site: Path, capsys: Printed) -> None:
    assert main(["import", "menu.vxml", "--output", "-"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("flow menu\n") and out.endswith("\n") and not out.endswith("\n\n")
    assert "vxml-differs" in err
    assert not (site / "menu.flow").exists()


def test_subdialogs_become_files_of_their_own(site: Path, capsys: Printed) -> None:
    assert main(["import", "calls.vxml", "--output", "new.flow"]) == 0
    assert 'flow = "calls_g.flow"' in (site / "new.flow").read_text(encoding="utf-8")
    assert (site / "calls_g.flow").exists()
    assert main(["import", "calls.vxml"]) == 2
    assert "calls_g.flow: is there already" in capsys.readouterr().err
    assert not (site / "calls.flow").exists(), "all files are written, or none"
    assert main(["import", "calls.vxml", "--force"]) == 0
    assert main(["import", "calls.vxml", "--output", "-"]) == 2
    assert "the document makes several flows (calls.flow, calls_g.flow)" in capsys.readouterr().err


def test_import_of_one_dialog(site: Path, capsys: Printed) -> None:
    assert main(["import", "calls.vxml", "--dialog", "g"]) == 0
    assert "node g: end" in (site / "calls_g.flow").read_text(encoding="utf-8")
    assert main(["import", "calls.vxml", "--dialog", "x", "--output", "y.flow"]) == 2
    assert 'there is no dialog "x" in the document' in capsys.readouterr().err


def test_import_tells_what_it_did_not_understand(site: Path, capsys: Printed) -> None:
    (site / "menu.vxml").write_bytes(document("<form><block><submit next='x'/></block></form>"))
    assert main(["import", "menu.vxml"]) == 1
    assert "menu.vxml:3:14: error vxml-not-understood: <submit>" in capsys.readouterr().out
    assert main(["check", "menu.flow"]) == 1
    assert "error not-connected" in capsys.readouterr().out
    assert main(["import", "menu.vxml", "--output", "-"]) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"flow f\nschema 1\n", "menu.vxml:1:1: error vxml-xml: this is not well-formed XML: "),
        (b"<html/>", "the document is a <html>; VoiceXML begins with <vxml>"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "the DOCTYPE holds declarations of its own"),
    ],
)
def test_what_cannot_be_imported(site: Path, capsys: Printed, content: bytes, said: str) -> None:
    (site / "menu.vxml").write_bytes(content)
    assert main(["import", "menu.vxml"]) == 2
    out, err = capsys.readouterr()
    assert said in err and out == ""
    assert not (site / "menu.flow").exists()


def test_files_that_import_cannot_read(site: Path, capsys: Printed) -> None:
    assert main(["import", "none.vxml"]) == 2
    assert main(["import", "prompts"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "none.vxml: cannot be read: No such file or directory",
        "prompts: cannot be read: Is a directory",
    ]
