"""The stage of the pages' tests, for what takes too long to stand among them."""

from tests.web.conftest import as_user, bank, standing

__all__ = ["as_user", "bank", "standing"]
