"""Rollbook's analyzers: one a file, found by name at run time."""

#: What ``rollbook.plugins`` checks before it loads a file from here: the folder's name exists on package indexes too.
ROLLBOOK_PLUGINS = "analyzer"
