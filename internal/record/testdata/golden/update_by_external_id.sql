SELECT s.n::text, t.id::text, t.revision::text, NULL::text, NULL::text,
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN d.flags::text END, NULL::text[],
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN ARRAY[(t."sku")::text, (t."name")::text, (t."status")::text, (trim_scale(t."weight")::text)::text, (t."stock")::text, (t."active")::text, (t."since")::text, (to_char(t."seen_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text, (t."attributes")::text, (t."origin")::text, (t."rank")::text, t."group_id"::text]::text[] END
  FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS s(c0, c1, c2, n)
  LEFT JOIN external_id x1 ON x1.organization_id = $1::uuid AND x1.type = 'items' AND x1.system = s.c1 AND x1.external_id = s.c2
  LEFT JOIN LATERAL (SELECT t.*
  FROM "item" t
  WHERE t.id = x1.record_id AND t.organization_id = $1::uuid LIMIT 1) t ON true
  CROSS JOIN LATERAL (SELECT ARRAY[t."stock" IS DISTINCT FROM s.c0::integer]::boolean[] AS flags OFFSET 0) d;
-- Nested Loop
--   ->  Nested Loop Left Join
--         ->  Nested Loop Left Join
--               ->  Function Scan on s
--               ->  Index Scan using external_id_pkey on external_id x1
--                     Index Cond: ((organization_id = '…'::uuid) AND (type = 'items'::text) AND (system = s.c1) AND (external_id = s.c2))
--         ->  Limit
--               ->  Index Scan using item_pkey on item t
--                     Index Cond: (id = x1.record_id)
--                     Filter: (organization_id = '…'::uuid)
--   ->  Result

SAVEPOINT hanse_write;

SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true);

UPDATE "item" t SET "stock" = s.c2::integer, revision = t.revision + 1, updated_at = now()
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

