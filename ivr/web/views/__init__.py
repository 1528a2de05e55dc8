"""The pages, a file a subject. A new file's blueprint is added here."""

from ivr.web.views import today

PAGES = (today.pages,)
