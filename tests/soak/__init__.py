"""Kills at any moment: what was acknowledged is there, nothing is twice, the next run goes on."""
