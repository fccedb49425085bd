"""The Django project of the desk: pages and API over `pipeline.review`; it analyses nothing itself."""
