"""Customer care: when it is open, how a moment is spoken of, and what is kept of a call-back."""

ALWAYS = "24/7"  # hours that never close: whoever has them loads nothing more of this package
