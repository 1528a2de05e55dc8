"""Call scripts: calls written as YAML, with what each person hears and what is stored, held by `ivr call --script`."""
