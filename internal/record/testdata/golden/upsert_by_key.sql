SELECT s.n::text, t.id::text, t.revision::text, NULL::text, NULL::text, r1.id::text,
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN d.flags::text END,
  CASE WHEN t.id IS NULL OR true = ANY (d.flags) THEN ARRAY[CASE WHEN t.id IS NOT NULL OR NOT (s.c1 NOT LIKE '%null%') THEN (CASE WHEN s.c1 IS NOT NULL THEN jsonb_strip_nulls(coalesce(t."name", '{}'::jsonb) || s.c1::jsonb) END)::text END]::text[] END,
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN ARRAY[(t."sku")::text, (t."name")::text, (t."status")::text, (trim_scale(t."weight")::text)::text, (t."stock")::text, (t."active")::text, (t."since")::text, (to_char(t."seen_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text, (t."attributes")::text, (t."origin")::text, (t."rank")::text, t."group_id"::text]::text[] END
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS s(c0, c1, c2, c3, n)
  LEFT JOIN LATERAL (SELECT r1.id
  FROM "item_group" r1
  WHERE r1.organization_id = $1::uuid AND r1."code" = s.c3::text LIMIT 1) r1 ON true
  LEFT JOIN LATERAL (SELECT t.*
  FROM "item" t
  WHERE t.organization_id = $1::uuid AND t."sku" = s.c0::text LIMIT 1) t ON true
  CROSS JOIN LATERAL (SELECT ARRAY[false,
  CASE WHEN t.id IS NULL OR t."name" @> s.c1::jsonb THEN false ELSE t."name" IS DISTINCT FROM CASE WHEN s.c1 IS NOT NULL THEN jsonb_strip_nulls(coalesce(t."name", '{}'::jsonb) || s.c1::jsonb) END END, t."weight" IS DISTINCT FROM s.c2::numeric(12,3), t."group_id" IS DISTINCT FROM r1.id OR (r1.id IS NULL AND s.c3 IS NOT NULL)]::boolean[] AS flags OFFSET 0) d;
-- Nested Loop
--   ->  Nested Loop Left Join
--         ->  Nested Loop Left Join
--               ->  Function Scan on s
--               ->  Limit
--                     ->  Index Scan using item_group_key on item_group r1
--                           Index Cond: ((organization_id = '…'::uuid) AND (code = s.c3))
--         ->  Limit
--               ->  Index Scan using item_key on item t
--                     Index Cond: ((organization_id = '…'::uuid) AND (sku = s.c0))
--   ->  Result

SAVEPOINT hanse_write;

SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true);

UPDATE "item" t SET "sku" = s.c2::text, "name" = s.c3::jsonb, "weight" = s.c4::numeric(12,3), "group_id" = s.c5::uuid, revision = t.revision + 1, updated_at = now()
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS s(c0, c1, c2, c3, c4, c5)
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

