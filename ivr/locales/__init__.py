"""The languages of the product: one folder each, data only, and the few functions that read it."""
