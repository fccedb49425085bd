"""Accounts and an item, as tests of the desk use them."""

from tests.web.conftest import item as item
from tests.web.conftest import people as people
