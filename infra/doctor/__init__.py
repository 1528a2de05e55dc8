"""`ivr doctor`: whether a deployment works, one check a subject, each with what to do where it does not."""
