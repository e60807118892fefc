"""The fixtures of a designer without a screen."""

from designer_fixtures import gas, page, program, qapp_cls, window

__all__ = ["gas", "page", "program", "qapp_cls", "window"]
