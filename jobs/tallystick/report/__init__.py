"""Findings become one document, and the document becomes the files of a report bundle."""
