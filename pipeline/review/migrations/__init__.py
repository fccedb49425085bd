"""Migrations of the review queue, made by Django."""
