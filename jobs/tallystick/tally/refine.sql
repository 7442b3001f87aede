-- Grain in: one accepted entry of one UTC day (entry). Grain out: the same entry, with who made it and whether it is a
-- second entry with the same identity. Read by refine.py, which makes caller; parts.py joins what is logged in parts.
WITH repeated_number AS (
    SELECT
        source,
        epoch,
        sequence_number
    FROM entry
    WHERE sequence_number IS NOT NULL
    GROUP BY ALL
    HAVING count(*) > 1
),
repeated_id AS (
    SELECT
        source,
        request_id
    FROM entry
    WHERE sequence_number IS NULL
        AND request_id IS NOT NULL
        AND is_other_part IS NULL
    GROUP BY ALL
    HAVING count(*) > 1
),
sharing AS (
    SELECT
        entry.file_id,
        entry.position,
        entry.received_at,
        {content} AS content,
        (entry.source, entry.epoch, entry.sequence_number, NULL::VARCHAR) AS identity
    FROM entry
    INNER JOIN repeated_number
        ON entry.source = repeated_number.source
        AND entry.epoch IS NOT DISTINCT FROM repeated_number.epoch
        AND entry.sequence_number = repeated_number.sequence_number
    UNION ALL
    SELECT
        entry.file_id,
        entry.position,
        entry.received_at,
        {content} AS content,
        (entry.source, NULL::VARCHAR, NULL::BIGINT, entry.request_id) AS identity
    FROM entry
    INNER JOIN repeated_id
        ON entry.source = repeated_id.source
        AND entry.request_id = repeated_id.request_id
    WHERE entry.sequence_number IS NULL
),
contested AS (
    SELECT
        identity,
        count(DISTINCT content) > 1 AS conflict
    FROM sharing
    GROUP BY identity
),
second AS (
    SELECT
        sharing.file_id,
        sharing.position,
        row_number() OVER (
            PARTITION BY sharing.identity
            ORDER BY sharing.received_at, sharing.file_id, sharing.position
        ) > 1 AS is_duplicate,
        contested.conflict
    FROM sharing
    INNER JOIN contested
        ON sharing.identity IS NOT DISTINCT FROM contested.identity
)
SELECT
    caller.licensee,
    caller.app,
    CASE WHEN caller.licensee IS NOT NULL THEN coalesce(caller.credential_id, entry.credential) END AS credential_id,
    NULL::VARCHAR AS recipient,
    coalesce(entry.is_other_part, second.is_duplicate, false) AS is_duplicate,
    coalesce(entry.has_part_conflict, second.conflict, false) AS conflict,
    {columns}
FROM entry
LEFT JOIN second
    ON entry.file_id = second.file_id
    AND entry.position = second.position
LEFT JOIN caller
    ON {segment} = caller.segment
    {same_caller}
ORDER BY
    licensee NULLS LAST,
    app,
    credential_id NULLS LAST,
    received_at,
    entry.file_id,
    entry.position
