"""The part of Twilio's REST API that the stand-in simulates: Calls, Messages and Recordings."""
