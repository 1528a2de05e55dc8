"""Writes environments/prod.example.toml from template.yaml: `python -m infra.deploy.example`."""

from __future__ import annotations

import textwrap

from infra.deploy.environment import FOLDER
from infra.local import template

PATH = FOLDER / "prod.example.toml"
_HEAD = """\
# Parameters of `make deploy ENV=prod`. Copy this file to environments/prod.toml (git ignores it), remove the # before
# each value you set, and fill in those without a default. Keep no secret here: secrets stay in Parameter Store.
# `python -m infra.deploy.example` generates this example from template.yaml.

# stack_name = "call-screening-prod"
# region = "me-central-1"  # left out: the region of your AWS profile
# keep_versions = 3  # of the voice function, to go back to: the one that answers calls and those before it

# Tags of all that is deployed.
# [tags]
# team = "fraud-desk"

[parameters]
"""


def example() -> str:
    """The text of the example: every parameter in the order of the form, with its description and default."""
    parts = [_HEAD]
    groups = template.metadata()["AWS::CloudFormation::Interface"]["ParameterGroups"]
    for group in groups:
        parts.append(f"\n# --- {group['Label']['default']} ---\n")
        for name in group["Parameters"]:
            parameter = template.parameters()[name]
            words = " ".join(str(parameter["Description"]).split())
            parts += ["\n", *(f"# {line}\n" for line in textwrap.wrap(words, 118))]
            quoted = '"' if parameter["Type"] == "String" else ""
            if "Default" in parameter:
                parts.append(f"# {name} = {quoted}{parameter['Default']}{quoted}\n")
            else:
                parts.append(f'{name} = "" # has no default\n')
    return "".join(parts)


if __name__ == "__main__":
    PATH.write_text(example(), "utf-8")
