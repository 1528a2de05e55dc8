"""`python -m infra.cli`, where `ivr` itself is not installed."""

from infra.cli.main import main

main()
