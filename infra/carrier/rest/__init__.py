"""Twilio's REST API, as far as the stand-in speaks it: Calls, Messages and Recordings."""
