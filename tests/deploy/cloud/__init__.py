"""A stand-in for the AWS account that a stack is deployed to: ministack with all its services, and what it lacks."""
