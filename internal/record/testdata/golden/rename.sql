SELECT s.n::text, t.id::text, t.revision::text, o.id::text, NULL::text,
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN d.flags::text END, NULL::text[],
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN ARRAY[(t."sku")::text, (t."name")::text, (t."status")::text, (trim_scale(t."weight")::text)::text, (t."stock")::text, (t."active")::text, (t."since")::text, (to_char(t."seen_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text, (t."attributes")::text, (t."origin")::text, (t."rank")::text, t."group_id"::text]::text[] END
  FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS s(c0, c1, n)
  LEFT JOIN LATERAL (SELECT t.*
  FROM "item" t
  WHERE t.organization_id = $1::uuid AND t."sku" = s.c1::text LIMIT 1) t ON true
  LEFT JOIN LATERAL (SELECT o.id
  FROM "item" o
  WHERE o.organization_id = $1::uuid AND o.id IS DISTINCT FROM t.id AND o."sku" = s.c0::text LIMIT 1) o ON true
  CROSS JOIN LATERAL (SELECT ARRAY[t."sku" IS DISTINCT FROM s.c0::text]::boolean[] AS flags OFFSET 0) d;
-- Nested Loop
--   ->  Nested Loop Left Join
--         ->  Nested Loop Left Join
--               ->  Function Scan on s
--               ->  Limit
--                     ->  Index Scan using item_key on item t
--                           Index Cond: ((organization_id = '…'::uuid) AND (sku = s.c1))
--         ->  Limit
--               ->  Index Scan using item_key on item o
--                     Index Cond: ((organization_id = '…'::uuid) AND (sku = s.c0))
--                     Filter: (id IS DISTINCT FROM t.id)
--   ->  Result

SAVEPOINT hanse_write;

SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true);

UPDATE "item" t SET "sku" = s.c2::text, revision = t.revision + 1, updated_at = now()
  FROM unnest($2::text[], $3::text[], $4::text[]) AS s(c0, c1, c2)
  WHERE t.id = s.c0::uuid AND t.revision = s.c1::bigint AND (t.organization_id = $1::uuid) IS TRUE
  RETURNING t.id::text;
-- Update on item t
--   ->  Nested Loop
--         ->  Function Scan on s
--         ->  Index Scan using item_pkey on item t
--               Index Cond: (id = (s.c0)::uuid)
--               Filter: (((organization_id = '…'::uuid) IS TRUE) AND ((s.c1)::bigint = revision))

SELECT set_config('enable_hashjoin', NULL, true), set_config('enable_mergejoin', NULL, true), set_config('enable_seqscan', NULL, true), set_config('enable_bitmapscan', NULL, true);

RELEASE SAVEPOINT hanse_write;

