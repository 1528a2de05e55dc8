"""The fraud desk in the browser: pages over ``ivr.desk``, which decides. No rule about callers stands here."""
