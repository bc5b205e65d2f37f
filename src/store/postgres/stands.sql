WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname = 'touchmark'),
tables AS (SELECT c.* FROM pg_class c JOIN ours ON c.relnamespace = ours.oid WHERE c.relkind <> 'i')
SELECT 'table ' || relname || ' ' || relkind::text || ' ' || relpersistence::text
       || CASE WHEN relrowsecurity OR relforcerowsecurity THEN ' hides rows' ELSE '' END
       || CASE WHEN relhasrules THEN ' has rules' ELSE '' END
FROM tables
UNION ALL
SELECT 'column ' || t.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
       || CASE WHEN a.attnotnull THEN '' ELSE ' null' END
       || CASE WHEN a.atthasdef THEN ' default' ELSE '' END
       || CASE WHEN a.attgenerated <> '' THEN ' generated' ELSE '' END
FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid
WHERE t.relkind <> 'S' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'index ' || t.relname || ' ' || c.relname || CASE WHEN i.indisunique THEN ' unique' ELSE '' END
       || CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' invalid' END
FROM tables t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid
UNION ALL
SELECT 'trigger ' || t.relname || ' ' || g.tgname || ' ' || g.tgtype::text || ' ' || g.tgenabled::text || ' '
       || n.nspname || '.' || p.proname || CASE WHEN g.tgqual IS NULL THEN '' ELSE ' when' END
FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid
JOIN pg_proc p ON p.oid = g.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE NOT g.tgisinternal
UNION ALL
SELECT 'function ' || p.proname || ' ' || p.prosecdef::text || ' ' || coalesce(array_to_string(p.proconfig, ','), '') || ' '
       || encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex')
FROM pg_proc p JOIN ours ON p.pronamespace = ours.oid
UNION ALL
SELECT 'check ' || t.relname || ' ' || k.conname || CASE WHEN k.convalidated THEN '' ELSE ' not validated' END
FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid WHERE k.contype NOT IN ('n', 'p')
UNION ALL
SELECT 'policy ' || t.relname || ' ' || y.polname FROM tables t JOIN pg_policy y ON y.polrelid = t.oid
UNION ALL
SELECT 'rule ' || t.relname || ' ' || r.rulename FROM tables t JOIN pg_rewrite r ON r.ev_class = t.oid
UNION ALL
SELECT 'inherits ' || t.relname FROM tables t JOIN pg_inherits h ON t.oid IN (h.inhrelid, h.inhparent)
