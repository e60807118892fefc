"""Opens the data sources that a configuration names."""

from __future__ import annotations

from datetime import tzinfo

from cordboard.config import Config
from flow_runtime.data import DataSources, DataSourceSettings


def open_data(config: Config, zone: tzinfo) -> DataSources:
    """The sources; nothing is connected yet. Moments without a zone are told in *zone*."""
    return DataSources(
        {name: DataSourceSettings(s.url, s.writable) for name, s in config.data.items()}, zone
    )
