SELECT s.n::text, t.id::text, t.revision::text, NULL::text, NULL::text,
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN d.flags::text END, NULL::text[],
  CASE WHEN t.id IS NOT NULL THEN ARRAY[(t."currency")::text, (trim_scale(t."min_quantity")::text)::text, (to_char(t."valid_from" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text, (trim_scale(t."amount")::text)::text, (t."per")::text, t."list_id"::text, t."item_id"::text]::text[] END
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS s(c0, c1, c2, c3, n)
  LEFT JOIN LATERAL (SELECT r1.id
  FROM "rate_list" r1
  WHERE r1.organization_id = $1::uuid AND r1."code" = s.c0::text LIMIT 1) r1 ON true
  LEFT JOIN LATERAL (SELECT r2.id
  FROM "item" r2
  WHERE r2.organization_id = $1::uuid AND r2."sku" = s.c1::text LIMIT 1) r2 ON true
  LEFT JOIN LATERAL (SELECT t.*
  FROM "rate" t
  WHERE t.organization_id = $1::uuid AND t."list_id" = r1.id AND t."item_id" = r2.id AND t."currency" = s.c2::text AND t."min_quantity" = s.c3::numeric AND t."valid_from" IS NULL LIMIT 1) t ON true
  CROSS JOIN LATERAL (SELECT ARRAY[]::boolean[] AS flags OFFSET 0) d;
-- Nested Loop
--   ->  Nested Loop Left Join
--         ->  Nested Loop Left Join
--               ->  Nested Loop Left Join
--                     ->  Function Scan on s
--                     ->  Limit
--                           ->  Index Scan using rate_list_key on rate_list r1
--                                 Index Cond: ((organization_id = '…'::uuid) AND (code = s.c0))
--               ->  Limit
--                     ->  Index Scan using item_key on item r2
--                           Index Cond: ((organization_id = '…'::uuid) AND (sku = s.c1))
--         ->  Limit
--               ->  Index Scan using rate_key on rate t
--                     Index Cond: ((organization_id = '…'::uuid) AND (list_id = r1.id) AND (item_id = r2.id) AND (currency = s.c2) AND (min_quantity = (s.c3)::numeric) AND (valid_from IS NULL))
--   ->  Result

SAVEPOINT hanse_write;

SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true);

DELETE
  FROM external_id
  WHERE record_id = ANY ($1::uuid[]) AND type = $2;
-- Delete on external_id
--   ->  Index Scan using external_id_record on external_id
--         Index Cond: (record_id = ANY ('…'::uuid[]))
--         Filter: (type = 'rates'::text)

DELETE
  FROM "rate" t USING unnest($2::uuid[], $3::bigint[]) AS s(id, revision)
  WHERE t.id = s.id AND t.revision = s.revision AND (t.organization_id = $1::uuid) IS TRUE
  RETURNING t.id::text;
-- Delete on rate t
--   ->  Nested Loop
--         ->  Function Scan on s
--         ->  Index Scan using rate_pkey on rate t
--               Index Cond: (id = s.id)
--               Filter: (((organization_id = '…'::uuid) IS TRUE) AND (s.revision = revision))

SELECT set_config('enable_hashjoin', NULL, true), set_config('enable_mergejoin', NULL, true), set_config('enable_seqscan', NULL, true), set_config('enable_bitmapscan', NULL, true);

RELEASE SAVEPOINT hanse_write;

