"""What wakes whom: one table, ``alarms.toml``, from which alarms, dashboard, saved queries and runbook are written."""
