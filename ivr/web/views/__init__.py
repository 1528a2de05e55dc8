"""The pages, a file a subject. A new file's blueprint is added here."""

from ivr.web.views import statistics, today

PAGES = (today.pages, statistics.pages)
