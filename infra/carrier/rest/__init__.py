"""The part of Twilio's REST API that the stand-in simulates: Calls, Messages, Recordings, numbers and the account."""
