-- Grain in: one request of one UTC day (request). Grain out: one app, credential, route and status in one quarter of an
-- hour (fine), from which every usage table of the day is summed.
CREATE OR REPLACE TEMP TABLE fine AS
SELECT
    licensee,
    app,
    credential_id,
    method,
    route,
    status,
    epoch_us(received_at) // 900000000 AS slot,
    count(*) AS requests,
    CAST(coalesce(sum(records), 0) AS BIGINT) AS records,
    count(*) - count(records) AS records_unknown,
    CAST(coalesce(sum(response_bytes), 0) AS BIGINT) AS response_bytes,
    count(*) - count(response_bytes) AS response_bytes_unknown,
    min(received_at) AS first_at,
    max(received_at) AS last_at
FROM request
WHERE NOT is_duplicate
GROUP BY ALL
