"""One module for each kind of reference page: what the code says of itself, as Markdown or JSON Schema."""
