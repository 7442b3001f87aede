"""Canonical bytes, digests, the manifest and its verification: plain Python that trusts nothing it reads."""
