"""Customer care: its opening hours, the words for a time, and the records of call-backs."""

ALWAYS = "24/7"  # always open: then no other module of this package is loaded
