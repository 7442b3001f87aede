"""What a side can show of its requests without its log, keyed tags by app and hour, and how two sides compare them."""
