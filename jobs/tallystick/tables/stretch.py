"""The stretch of a UTC day that a row speaks of: no version and no midnight of its licensee begins inside of it."""

from tallystick.tables.promise import Column

STRETCH = (
    Column(name="since_at", type="TIMESTAMPTZ", sentence="Where the stretch begins."),
    Column(name="until_at", type="TIMESTAMPTZ", sentence="The first instant after it."),
    Column(
        name="own_since_at",
        type="TIMESTAMPTZ",
        sentence="The last midnight or date of a version up to its beginning; the own columns know nothing older.",
    ),
)
