"""The audit log (审计): who did what and when, as a hash chain that can be verified."""
