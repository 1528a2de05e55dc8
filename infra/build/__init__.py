"""Builds what runs in Lambda; itself never deployed."""
