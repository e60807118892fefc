from pathlib import Path

from flow_runtime.core.prompts import APOLOGY
from flow_runtime.prompt_files import LoadedPrompts, load_prompts


def write(folder: Path, name: str, content: str | bytes = b"") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def said(loaded: LoadedPrompts) -> list[str]:
    return [problem.line(path.name) for path, problem in loaded.problems]


def test_tables_and_recordings(tmp_path: Path) -> None:
    write(tmp_path, "en.toml", '"you.owe" = "You owe {call.caller}."\nbare.key = "Bare"\n')
    write(tmp_path, "zh-CN.toml", '"you.owe" = "您欠费"\n')
    wave = write(tmp_path, "zh-CN/welcome.wav")
    loaded = load_prompts(tmp_path, ["zh-CN", "en"], "CNY")
    book = loaded.book
    assert loaded.problems == ()
    assert book.languages == ("zh-CN", "en") and book.currency == "CNY"
    assert book.find("welcome", "zh-CN").recording == str(wave.resolve())  # type: ignore[union-attr]
    assert book.find("bare.key", "en").text.constant == "Bare"  # type: ignore[union-attr]
    assert book.find(APOLOGY, "zh-CN") is not None
    assert book.find("you.owe", "zh-CN").language == "zh-CN"  # type: ignore[union-attr]


def test_without_wishes_it_has_what_the_folder_has(tmp_path: Path) -> None:
    write(tmp_path, "en.toml", 'a = "A"\n')
    write(tmp_path, "de/a.wav")
    write(tmp_path, "fr/notes.txt", "no recording")
    assert load_prompts(tmp_path).book.languages == ("de", "en")
    assert load_prompts(tmp_path / "nowhere").book.languages == ()


def test_a_language_that_is_wanted_but_missing(tmp_path: Path) -> None:
    loaded = load_prompts(tmp_path, ["en"])
    assert said(loaded) == [
        "en.toml:1:1: warning prompt-table: the language en has no prompt table; write this file"
    ]
    assert load_prompts(tmp_path / "nowhere", ["en"]).problems == ()


def test_recordings_alone_are_enough(tmp_path: Path) -> None:
    write(tmp_path, "en/a.wav")
    assert load_prompts(tmp_path, ["en"]).problems == ()


def test_mistakes_have_their_place(tmp_path: Path) -> None:
    write(tmp_path, "en.toml", 'good = "fine"\n\n"bad.one" = "You owe {account."\nnumber = 5\n')
    loaded = load_prompts(tmp_path)
    places = [(problem.place.line, problem.subject) for _, problem in loaded.problems]
    assert sorted(places) == [(3, "bad.one"), (4, "number")]
    assert any("must be a text in quotes, not 5" in line for line in said(loaded))
    assert loaded.book.find("good", "en") is not None
    assert loaded.book.find("bad.one", "en") is None


def test_a_mistake_in_a_nested_key_is_at_least_in_its_file(tmp_path: Path) -> None:
    write(tmp_path, "en.toml", "[group]\nnumber = 5\n")
    ((path, problem),) = load_prompts(tmp_path).problems
    assert path.name == "en.toml" and problem.subject == "group.number"
    assert problem.place.line == 1


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, "en.toml", 'good = "fine"\nbroken\n')
    write(tmp_path, "de.toml", b"a = '\xff'\n")
    (tmp_path / "fr.toml").mkdir()
    lines = said(load_prompts(tmp_path))
    assert lines[0].startswith("de.toml:1:1: error prompt-table: the prompt table is not UTF-8")
    assert lines[1].startswith("en.toml:2:") and "no TOML" in lines[1]
    assert lines[2].startswith("fr.toml:1:1:") and "cannot be read" in lines[2]


def test_a_table_that_ends_too_early(tmp_path: Path) -> None:
    write(tmp_path, "en.toml", 'a = "unfinished')
    assert "no TOML" in said(load_prompts(tmp_path))[0]
