"""`measure`: one clause under one reading, for one key, in one period."""

from tallystick.tables.promise import Column, Table

VERDICTS = ("kept", "exceeded", "not decided", "not checked")


def _count(name: str, sentence: str, *, nullable: bool = False) -> Column:
    return Column(name=name, type="BIGINT", unit="requests", sentence=sentence, nullable=nullable)


MEASURE = Table(
    name="measure",
    grain="One clause x version x reading x key x period.",
    key=("licensee", "period", "version", "clause", "reading", "key"),
    partition_by=("licensee", "period"),
    columns=(
        Column(name="licensee", type="VARCHAR", sentence="Whose agreement."),
        Column(name="period", type="VARCHAR", sentence="The audited period, as its user wrote it."),
        Column(name="version", type="VARCHAR", nullable=True, sentence="The version that judges, if any."),
        Column(name="clause", type="VARCHAR", sentence="The clause's id."),
        Column(name="kind", type="VARCHAR", sentence="The clause's kind."),
        Column(name="reading", type="VARCHAR", sentence="The reading's id; `as written` for the clause's own words."),
        Column(name="key", type="VARCHAR", nullable=True, sentence="The licensee, app, credential or user measured."),
        _count("in_period", "Attributed requests of the key's licensee that this version judges in the period."),
        _count("counted", "Of those, in the clause's scope for this key."),
        _count("unknown", "Of those counted, without the amount."),
        Column(name="used", type="BIGINT", sentence="Known sum of the amount over all counted requests."),
        Column(name="max", type="BIGINT", nullable=True, sentence="What the agreement permits in one window."),
        Column(name="limit", type="BIGINT", nullable=True, sentence="`max` with the tolerance added."),
        Column(name="peak", type="BIGINT", nullable=True, sentence="The largest amount found in any window."),
        Column(
            name="peak_at", type="TIMESTAMPTZ", nullable=True, sentence="When first reached, or its window's start."
        ),
        Column(name="windows_over", type="BIGINT", sentence="Windows or episodes over the limit."),
        _count("requests_over", "Requests that are over, where the window's kind says which.", nullable=True),
        _count("served_over", "Requests over a limit that the gateway let through.", nullable=True),
        Column(
            name="money",
            type="STRUCT(currency VARCHAR, owed DECIMAL(38, 4), paid DECIMAL(38, 4), underpaid DECIMAL(38, 4), "
            "interest DECIMAL(38, 4), at_least BOOLEAN, clipped BOOLEAN, share DECIMAL(9, 4), share_reached BOOLEAN)",
            nullable=True,
            sentence="Of a fee what was owed and paid for the month that is the key, or for `total`: underpaid = owed "
            "- paid, interest on it; at_least where the log does not say all, or the month is clipped; of a total the "
            "share of underpayment in percent, and whether the cost of the audit shifts by it.",
        ),
        Column(name="verdict", type="VARCHAR", allowed=VERDICTS, sentence="What this reading says of this key."),
        Column(name="missing", type="VARCHAR", nullable=True, sentence="What the data lacks, where not decided."),
        Column(name="decided_from", type="VARCHAR", sentence="The table that decided: a usage table, or request."),
        Column(name="rows_read", type="BIGINT", unit="rows", sentence="Raw request rows that were read for it."),
        Column(name="built_from", type="VARCHAR", sentence="Digest of all that it rests on."),
    ),
)
