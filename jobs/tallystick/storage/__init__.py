"""The doors to Delta and to object storage."""
