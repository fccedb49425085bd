"""The accounts and the item of the desk, also for tests of what is behind its pages."""

from tests.web.conftest import item, people

__all__ = ["item", "people"]
