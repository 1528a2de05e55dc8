"""The same two calls as other engineers would write them: what the product is measured against.

``bare`` does the least that holds such a call. The other three do what the product does for the people in it, with the
same look-up and the same guarantees (one lock a line, each write once, a report that blocks at once), in the fewest
requests; they share `fraud_call.py`, so that only what stands around it differs. What each leaves out stands in its
docstring. None has the desk, statistics, languages by line, audio files, care, report line, queue or rotation.
"""
