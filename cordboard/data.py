"""Opens the data sources that a configuration names."""

from __future__ import annotations

from flow_runtime.data import DataSources, DataSourceSettings

from cordboard.config import Config


def open_data(config: Config) -> DataSources:
    """The sources; nothing is connected before a flow asks."""
    return DataSources(
        {name: DataSourceSettings(s.url, s.writable) for name, s in config.data.items()}
    )
