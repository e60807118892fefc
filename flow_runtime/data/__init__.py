"""Data sources: databases that flows ask and change, none of which can hold up a call."""

from flow_runtime.data.settings import DataSource, DataSourceSettings
from flow_runtime.data.sources import DataSources

__all__ = ["DataSource", "DataSourceSettings", "DataSources"]
