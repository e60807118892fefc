from datetime import timedelta
from pathlib import Path

import pytest

from cordboard.config import ConfigError, load_config, parse_config
from cordboard.config.tables import seconds
from telephony.settings import Listen, Media, Phone, Route

BASE = Path("/srv/line")

WHOLE = """
[sip]
listen = ["udp:127.0.0.1:5060", "udp:[::1]:5060"]
public_address = "203.0.113.7"
media_ports = "20000-29999"
max_calls = 1000
allow = ["127.0.0.0/8", "192.0.2.9"]
dial_allow = ["1???", "0?????????"]
drain = "90s"
[trunks.carrier]
address = "sip.example.net:5070"
register = true
user = "96000"
password = {env = "CARRIER_PASSWORD"}
from = ["203.0.113.0/28"]
number_from = "to"
[phones.1001]
password = {file = "p1001"}
[[routes]]
match = "1???"
to = "phone"
[[routes]]
match = "0*"
to = "trunk:carrier"
strip = 1
[pyvoip]
server = "192.0.2.10"
user = "200"
password = "pbx"
[numbers]
"100" = "flows/hotline.flow"
"400*" = "flows/other.flow"
"*" = "/elsewhere/any.flow"
[database]
url = "sqlite:///cordboard.db"
[data.billing]
url = "sqlite:///billing.db"
[data.shop]
url = "postgresql+psycopg://localhost/shop"
writable = true
[calendars.office]
zone = "Asia/Shanghai"
mon-fri = "09:00-12:00 13:00-18:00"
[prompts]
languages = ["en", "zh-CN"]
currency = "CNY"
[recordings]
folder = "kept"
[tts]
engine = "espeak"
voices = {en = "gmw/en-us"}
[media]
processes = 2
silence = "none"
[logging]
level = "debug"
sip = "all"
[queues.repairs]
strategy = "longest idle"
"""


def test_everything_that_the_manual_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARRIER_PASSWORD", "from-env")
    (tmp_path / "p1001").write_text("from-file\n")
    config = parse_config(WHOLE, tmp_path)
    assert config.sip.listen[1] == Listen("udp", "::1", 5060)
    assert [str(n) for n in config.sip.allow] == ["127.0.0.0/8", "192.0.2.9/32"]
    (trunk,) = config.sip.trunks
    assert (trunk.host, trunk.port, trunk.password) == ("sip.example.net", 5070, "from-env")
    assert config.sip.phones == (Phone("1001", "from-file"),)
    assert config.sip.routes[1] == Route("0*", "trunk:carrier", strip=1)
    assert config.sip.media == Media((20000, 29999), 2, "none")
    assert (config.drain, config.sip.trace) == (90.0, "all")
    assert config.pyvoip and (config.pyvoip.host, config.pyvoip.port) == ("192.0.2.10", 5060)
    assert config.numbers["100"] == tmp_path / "flows/hotline.flow"
    assert config.numbers["*"] == Path("/elsewhere/any.flow")
    assert config.data["billing"].url == f"sqlite:///{tmp_path}/billing.db"
    assert config.data["shop"].writable
    assert config.calendars["office"]["zone"] == "Asia/Shanghai"
    assert config.prompts.languages == ("en", "zh-CN")
    assert config.recordings == tmp_path / "kept"
    assert config.database == f"sqlite:///{tmp_path}/cordboard.db"
    assert [queue.name for queue in config.centre.queues] == ["repairs"]
    assert config.later == ()


def test_an_agent_without_a_fixed_address_has_a_telephone_that_registers() -> None:
    text = """
    [queues.repairs]
    [phones.1002]
    password = "of the phone"
    [agents.1001]
    password = "of 1001"
    [agents.1002]
    password = "of 1002"
    [agents.1003]
    password = "of 1003"
    contact = "sip:1003@192.0.2.3"
    """
    config = parse_config(text, BASE)
    phones = {phone.name: phone.password for phone in config.sip.phones}
    assert phones == {"1002": "of the phone", "1001": "of 1001"}
    assert [agent.name for agent in config.centre.agents] == ["1001", "1002", "1003"]


def test_an_empty_file_is_safe() -> None:
    config = parse_config("", BASE)
    assert [str(n) for n in config.sip.allow] == ["127.0.0.0/8"]
    assert config.sip.dial_allow == ()
    assert config.sip.listen == (Listen("udp", "127.0.0.1", 5060),)
    assert config.numbers == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[sip]\nmax_cals = 3", '[sip] max_cals: unknown key (did you mean "max_calls"?)'),
        ("[snip]", 'snip: unknown key (did you mean "sip"?)'),
        ("[sip]\nmax_calls = 0", "[sip] max_calls: must be from 1"),
        ("[sip]\nmax_calls = true", "[sip] max_calls: must be a whole number"),
        ("[sip]\nmax_calls = '9'", "[sip] max_calls: must be a whole number"),
        ("[sip]\nlisten = ['udp:x']", "udp:0.0.0.0:5060"),
        ("[sip]\nlisten = ['tls:0.0.0.0:5061']", "udp only"),
        ("[sip]\nlisten = 'udp:0.0.0.0:5060'", "[sip] listen: must be a list of texts"),
        ("[sip]\nallow = ['10.0.0']", "is no network"),
        ("[sip]\ndrain = '30'", "[sip] drain: must be a duration"),
        ("[sip]\ndrain = 30", '[sip] drain: must be a duration such as "30s", not 30'),
        ("[sip]\nlisten = []", "[sip] listen: name at least one"),
        ("[sip]\npublic_address = 'example'", "[sip] public_address: 'example' is no IP address"),
        ("[sip]\nmedia_ports = '30000-20000'", "no range of ports"),
        ("[trunks.a]\nregister = false", "[trunks.a] address: is missing"),
        ("[trunks.a]\naddress = 'h:99999'", "no address"),
        ("[trunks.a]\naddress = 'h'\nregister = true", "[trunks.a] user: is missing"),
        ("[trunks.a]\naddress = 'h'\nnumber_from = 'x'", "not one of request, to"),
        ("[trunks.a]\naddress = 'h'\npassword = {env = 'NO_SUCH_NAME'}", "NO_SUCH_NAME is not set"),
        ("[trunks.a]\naddress = 'h'\npassword = {file = 'nofile'}", "No such file"),
        ("[trunks.a]\naddress = 'h'\npassword = 7", 'a text, {env = "NAME"}'),
        ("[trunks.a]\naddress = 'h'\npassword = {env = 7}", 'a text, {env = "NAME"}'),
        ("[trunks.a]\naddress = 'h'\npassword = {file = '/bin/true'}", "is not UTF-8 text"),
        ("[phones.1]\npassword = ''", "could be anybody"),
        ("[[routes]]\nmatch = '1'\nto = 'trunk:x'", "[routes 1] to:"),
        ("[routes]\nmatch = '1'", "routes: must be written as [[routes]]"),
        ("[numbers]\n'1 2' = 'a.flow'", "a number is digits"),
        ("[database]\nkeep = '1h'", "[database] keep: must be a day at least"),
        ("[data.x]\nurl = 'billing.db'", "no database URL"),
        ("[data]\nx = 'y'", "must be a table: write [data.x]"),
        ("[prompts]\nlanguages = []", "name at least one"),
        ("[prompts]\nlanguages = ['in English']", "'in English' is no language tag"),
        ("[prompts]\ncurrency = 'euro'", "'euro' is no ISO 4217 code"),
        ("[tts]\nengine = 'festival'", "not one of pyttsx3, espeak, piper"),
        ("[media]\nsilence = true", "must be a text"),
        ("[sip", "is no TOML"),
    ],
)
def test_mistakes_are_named_with_a_way_out(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, BASE)
    assert says in str(caught.value)


def test_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.toml: No such file"):
        load_config(tmp_path / "nothing.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(tmp_path / "latin.toml")
    (tmp_path / "bad.toml").write_text("x = 1")
    with pytest.raises(ConfigError, match=r"bad\.toml: x: unknown key"):
        load_config(tmp_path / "bad.toml")


def test_the_sample_configuration_loads(tmp_path: Path) -> None:
    from cordboard.samples import DEFAULT, make_site, samples

    make_site(samples()[DEFAULT], tmp_path)
    config = load_config(tmp_path / "cordboard.toml")
    assert config.numbers["100"].is_file()
    assert len(config.sip.phones[0].password) > 10


@pytest.mark.parametrize(
    ("text", "value"),
    [("300ms", 0.3), ("5s", 5.0), ("2m", 120.0), ("1h", 3600.0), ("7d", 604800.0), ("1.5s", 1.5)],
)
def test_durations(text: str, value: float) -> None:
    assert seconds(text) == pytest.approx(value)
    assert timedelta(seconds=value)


@pytest.mark.parametrize("text", ["", "5", "s", "-5s", "5 s", "5s5"])
def test_no_durations(text: str) -> None:
    assert seconds(text) is None


def test_flows_can_be_checked_without_the_secrets() -> None:
    text = "[phones.1001]\npassword = {file = 'nofile'}"
    config = parse_config(text, BASE, secrets=False)
    assert config.sip.phones[0].name == "1001"
