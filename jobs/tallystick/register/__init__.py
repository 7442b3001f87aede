"""Who is calling: licensees, their apps, and how each is recognised, with dates."""
