"""Rollbook archives a school district's public posts and reviews them against its social media policy."""

__version__ = "0.1.0"
