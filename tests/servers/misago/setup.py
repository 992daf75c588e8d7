"""Makes the forum's tables and its only user, Coach, who may do everything."""

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
coach = get_user_model().objects.create_superuser("Coach", "coach@school.example", "Xk29!pqRz77")
coach.avatars = [{"size": 400, "url": "/media/coach.png"}]
coach.save()
