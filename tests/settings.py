"""The settings of the tests: the application's own, over a home that the tests may spoil."""

import os
from pathlib import Path

# What the tests know of models is what comes with riskloop, whatever the machine has besides.
os.environ.pop("RISKLOOP_MODELS", None)
os.environ["RISKLOOP_HOME"] = str(Path(__file__).parents[1] / ".riskloop" / "test")

from riskloop.web.settings import *  # noqa: F403

DATABASES["default"]["TEST"] = {"NAME": "test_riskloop_" + os.environ.get("RISKLOOP_TEST_DB", "main")}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each test client would otherwise list every file of the pages' libraries anew.
WHITENOISE_AUTOREFRESH = True
