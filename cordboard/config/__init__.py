"""cordboard.toml: read, checked, and turned into the settings each layer wants."""

from cordboard.config.load import load_config, parse_config
from cordboard.config.settings import Api, Config
from cordboard.config.tables import ConfigError

__all__ = ["Api", "Config", "ConfigError", "load_config", "parse_config"]
