"""The Lambda handlers. Importing one of them silences the libraries, before they have seen anything of a call."""

from ivr.observability.privacy import keep_libraries_quiet

keep_libraries_quiet()
