"""Documents written for the project, and writers that generate them in every format."""
