"""The front window: the Django project. It shows and decides what `review` holds, nothing else."""
