"""A short road to DynamoDB, SQS and SSM: signed JSON requests over kept connections, called as boto3's clients are.

It imports none of botocore's clients, models and sessions, which a cold start and the memory of a function pay for. It
knows what a Lambda function has: credentials in the environment or at the endpoint that it names there, a region, an
endpoint. Its errors are botocore's own, so that either client can stand in the other's place.
"""
