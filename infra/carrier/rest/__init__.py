"""Twilio's REST API, as far as the stand-in speaks it: Calls (create, update, fetch) and Messages (create)."""
