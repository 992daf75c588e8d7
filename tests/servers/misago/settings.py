"""Settings of the forum: those of Misago's own development project, with this run's database, no queue of tasks, quick passwords."""

import os
from importlib import import_module

globals().update({name: value for name, value in vars(import_module("devproject.settings")).items() if name.isupper()})
DATABASES = {
    "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "pg", "HOST": os.environ["SOCKET"]}
}
CELERY_TASK_ALWAYS_EAGER = True
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = os.environ["RUN_MEDIA"]
MISAGO_AVATAR_CACHE = os.environ["RUN_MEDIA"]
