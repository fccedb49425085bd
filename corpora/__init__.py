"""Documents that we wrote ourselves, and what writes them in every format."""
