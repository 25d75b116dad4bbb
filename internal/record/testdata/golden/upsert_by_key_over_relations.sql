SELECT s.n::text, t.id::text, t.revision::text, NULL::text, NULL::text, r1.id::text, r2.id::text,
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN d.flags::text END, NULL::text[],
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN ARRAY[(t."currency")::text, (trim_scale(t."min_quantity")::text)::text, (to_char(t."valid_from" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text, (trim_scale(t."amount")::text)::text, (t."per")::text, t."list_id"::text, t."item_id"::text]::text[] END
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY AS s(c0, c1, c2, c3, c4, n)
  LEFT JOIN LATERAL (SELECT r1.id
  FROM "rate_list" r1
  WHERE r1.organization_id = $1::uuid AND r1."code" = s.c3::text LIMIT 1) r1 ON true
  LEFT JOIN LATERAL (SELECT r2.id
  FROM "item" r2
  WHERE r2.organization_id = $1::uuid AND r2."sku" = s.c4::text LIMIT 1) r2 ON true
  LEFT JOIN LATERAL (SELECT t.*
  FROM "rate" t
  WHERE t.organization_id = $1::uuid AND t."list_id" = r1.id AND t."item_id" = r2.id AND t."currency" = s.c0::text AND t."min_quantity" = s.c1::numeric AND t."valid_from" IS NULL LIMIT 1) t ON true
  CROSS JOIN LATERAL (SELECT ARRAY[false, false, false, t."amount" IS DISTINCT FROM s.c2::numeric(19,6), false, false]::boolean[] AS flags OFFSET 0) d;
-- Nested Loop
--   ->  Nested Loop Left Join
--         ->  Nested Loop Left Join
--               ->  Nested Loop Left Join
--                     ->  Function Scan on s
--                     ->  Limit
--                           ->  Index Scan using rate_list_key on rate_list r1
--                                 Index Cond: ((organization_id = '…'::uuid) AND (code = s.c3))
--               ->  Limit
--                     ->  Index Scan using item_key on item r2
--                           Index Cond: ((organization_id = '…'::uuid) AND (sku = s.c4))
--         ->  Limit
--               ->  Index Scan using rate_key on rate t
--                     Index Cond: ((organization_id = '…'::uuid) AND (list_id = r1.id) AND (item_id = r2.id) AND (currency = s.c0) AND (min_quantity = (s.c1)::numeric) AND (valid_from IS NULL))
--   ->  Result

SAVEPOINT hanse_write;

SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true);

INSERT INTO "rate" (id, organization_id, "currency", "min_quantity", "valid_from", "amount", "per", "list_id", "item_id") SELECT s.c0::uuid, $1::uuid, s.c1::text, s.c2::numeric(15,3), s.c3::timestamp with time zone, s.c4::numeric(19,6), s.c5::integer, s.c6::uuid, s.c7::uuid
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) AS s(c0, c1, c2, c3, c4, c5, c6, c7) ON CONFLICT DO NOTHING
  RETURNING id::text;
-- Insert on rate
--   Conflict Resolution: NOTHING
--   ->  Function Scan on s

SELECT set_config('enable_hashjoin', NULL, true), set_config('enable_mergejoin', NULL, true), set_config('enable_seqscan', NULL, true), set_config('enable_bitmapscan', NULL, true);

RELEASE SAVEPOINT hanse_write;

