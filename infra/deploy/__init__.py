"""Deploys template.yaml with the settings of one environment file: `make deploy ENV=prod`."""
