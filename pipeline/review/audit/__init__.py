"""The audit (审计): who did what when, each entry with the hash of the one before, and the check of the whole chain."""
