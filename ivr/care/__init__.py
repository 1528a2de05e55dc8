"""Customer care: its opening hours and the records of call-backs."""

ALWAYS = "24/7"  # always open: then no other module of this package is loaded
