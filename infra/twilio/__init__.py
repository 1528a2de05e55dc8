"""The Twilio account, as the command line looks after it: its numbers, and what each asks for."""
