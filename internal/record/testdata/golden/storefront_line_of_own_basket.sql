SELECT s.n::text, t.id::text, t.revision::text, NULL::text, NULL::text, r1.id::text, r2.id::text,
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN d.flags::text END, NULL::text[],
  CASE WHEN t.id IS NOT NULL AND true = ANY (d.flags) THEN ARRAY[(trim_scale(t."quantity")::text)::text, t."basket_id"::text, t."item_id"::text]::text[] END
  FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS s(c0, c1, c2, n)
  LEFT JOIN LATERAL (SELECT r1.id
  FROM "basket" r1
  WHERE r1.id = s.c1::uuid AND r1.organization_id = $1::uuid AND r1."customer_id" = ANY ($2::uuid[]) LIMIT 1) r1 ON true
  LEFT JOIN LATERAL (SELECT r2.id
  FROM "item" r2
  WHERE r2.organization_id = $1::uuid AND r2."status" = 'enabled'::text AND r2."sku" = s.c2::text LIMIT 1) r2 ON true
  LEFT JOIN LATERAL (SELECT t.*
  FROM "basket_line" t
  WHERE t.organization_id = $1::uuid AND EXISTS (SELECT 1
  FROM "basket" o3
  WHERE o3.id = t."basket_id" AND o3.organization_id = $1::uuid AND o3."customer_id" = ANY ($2::uuid[])) AND t."basket_id" = r1.id AND t."item_id" = r2.id LIMIT 1) t ON true
  CROSS JOIN LATERAL (SELECT ARRAY[t."quantity" IS DISTINCT FROM s.c0::numeric(15,3), false, false]::boolean[] AS flags OFFSET 0) d;
-- Nested Loop
--   ->  Nested Loop Left Join
--         ->  Nested Loop Left Join
--               ->  Nested Loop Left Join
--                     ->  Function Scan on s
--                     ->  Limit
--                           InitPlan 1 (returns $1)
--                             ->  Result
--                           InitPlan 2 (returns $2)
--                             ->  Result
--                           InitPlan 3 (returns $3)
--                             ->  Result
--                           ->  Result
--                                 One-Time Filter: ($1 = '…'::uuid)
--                                 ->  Index Scan using basket_pkey on basket r1
--                                       Index Cond: (id = (s.c1)::uuid)
--                                       Filter: ((customer_id = ANY ('…'::uuid[])) AND (organization_id = '…'::uuid) AND (($2 = 'admin'::text) OR (customer_id = ANY ($3))))
--               ->  Limit
--                     ->  Index Scan using item_key on item r2
--                           Index Cond: ((organization_id = '…'::uuid) AND (sku = s.c2))
--                           Filter: (status = 'enabled'::text)
--         ->  Limit
--               InitPlan 4 (returns $7)
--                 ->  Result
--               InitPlan 5 (returns $8)
--                 ->  Result
--               InitPlan 6 (returns $9)
--                 ->  Result
--               ->  Result
--                     One-Time Filter: ($7 = '…'::uuid)
--                     ->  Nested Loop
--                           ->  Index Scan using basket_line_key on basket_line t
--                                 Index Cond: ((organization_id = '…'::uuid) AND (basket_id = r1.id) AND (item_id = r2.id))
--                           ->  Index Scan using basket_pkey on basket o3
--                                 Index Cond: (id = r1.id)
--                                 Filter: ((customer_id = ANY ('…'::uuid[])) AND (organization_id = '…'::uuid) AND (($8 = 'admin'::text) OR (customer_id = ANY ($9))))
--   ->  Result

SAVEPOINT hanse_write;

SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true);

INSERT INTO "basket_line" (id, organization_id, "quantity", "basket_id", "item_id") SELECT s.c0::uuid, $1::uuid, s.c1::numeric(15,3), s.c2::uuid, s.c3::uuid
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS s(c0, c1, c2, c3) ON CONFLICT DO NOTHING
  RETURNING id::text;
-- Insert on basket_line
--   Conflict Resolution: NOTHING
--   ->  Function Scan on s

SELECT set_config('enable_hashjoin', NULL, true), set_config('enable_mergejoin', NULL, true), set_config('enable_seqscan', NULL, true), set_config('enable_bitmapscan', NULL, true);

RELEASE SAVEPOINT hanse_write;

