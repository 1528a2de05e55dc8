"""Requests over HTTP for the roads to AWS and to Twilio: Python's http.client, and in its place what it does slowly."""
