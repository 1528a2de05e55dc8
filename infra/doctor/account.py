"""Checks of who asks, of the clock, and of what the AWS account allows."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError, TokenRetrievalError

from infra.doctor.findings import Checks, ok, warn, wrong

if TYPE_CHECKING:
    from infra.doctor.findings import Found
    from infra.doctor.patient import Deployed, Patient

CHECKS = Checks()
_NOTICED_SECONDS, _WRONG_SECONDS = 5, 60  # AWS refuses a request that is signed more than five minutes off
_LEAST_LEFT, _USUAL = 100, 1000
_SIGN_IN = ("aws configure", "Or, with IAM Identity Center: aws sso login, and export AWS_PROFILE=(your profile)")
_QUOTA = "L-B99A9384"  # Service Quotas' code for Lambda's concurrent executions


@CHECKS.check(
    "identity",
    looks_at="Which AWS account and which identity the credentials are of, and the region.",
    otherwise="Nothing of the deployment can be looked at.",
    needs=("sts:GetCallerIdentity",),
)
def identity(patient: Patient) -> Found:
    """Who asks."""
    deployed = cast("Deployed", patient)
    try:
        told, *_ = deployed.identity
    except NoRegionError:
        return wrong("no region is set", "export AWS_REGION=(the region of the stack, such as me-central-1)")
    except (NoCredentialsError, TokenRetrievalError):
        return wrong("no AWS credentials are found", *_SIGN_IN)
    except ClientError as error:
        return wrong(f"AWS refuses the credentials ({error.response['Error']['Code']})", *_SIGN_IN)
    return ok(f"account {told['Account']} as {told['Arn']}, region {deployed.region}")


@CHECKS.check(
    "clock",
    looks_at="This machine's clock, against the time of AWS's answer.",
    otherwise="AWS refuses requests that are signed more than five minutes off, and times in what you read are wrong.",
    needs=("sts:GetCallerIdentity",),
    after=("identity",),
)
def clock(patient: Patient) -> Found:
    """The clock of this machine."""
    told, asked, answered = cast("Deployed", patient).identity
    theirs = parsedate_to_datetime(told["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()
    # AWS wrote its time, in whole seconds, at some moment between the two.
    off = max(0.0, asked - theirs - 1) or min(0.0, answered - theirs)
    if abs(off) <= _NOTICED_SECONDS:
        return ok(f"within {_NOTICED_SECONDS} seconds of AWS's")
    side = "ahead of" if off > 0 else "behind"
    level = wrong if abs(off) > _WRONG_SECONDS else warn
    return level(
        f"{abs(off):.0f} seconds {side} AWS's",
        "sudo timedatectl set-ntp true",
        "On a Mac: sudo sntp -sS time.apple.com",
    )


@CHECKS.check(
    "concurrency",
    looks_at="How many functions may run at a time in this account and region, and how many are left for calls.",
    otherwise="In a busy minute Lambda refuses webhooks, and callers hear Twilio's error message.",
    needs=("lambda:GetAccountSettings",),
    after=("identity",),
)
def concurrency(patient: Patient) -> Found:
    """The account's quota of concurrency."""
    limit = patient.client("lambda").get_account_settings()["AccountLimit"]
    left, whole = limit["UnreservedConcurrentExecutions"], limit["ConcurrentExecutions"]
    saw = f"{whole} at a time, {left} of them not reserved by other functions"
    ask = patient.aws(
        *("service-quotas", "request-service-quota-increase", "--service-code", "lambda"),
        *("--quota-code", _QUOTA, "--desired-value", str(_USUAL)),
    )
    if left < _LEAST_LEFT:
        return wrong(saw, ask)
    return ok(saw) if whole >= _USUAL else warn(saw, ask)
