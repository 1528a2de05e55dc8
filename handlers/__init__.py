"""The Lambda handlers. Importing one silences the libraries' logs, which could contain numbers."""

from ivr.observability.privacy import keep_libraries_quiet

keep_libraries_quiet()
