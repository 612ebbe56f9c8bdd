-- title: Namespaces
-- title.zh: 命名空间
-- explain: Where it is asked for. The empty name is what belongs to no namespace.
-- explain.zh: 按命名空间统计；名称为空表示不属于任何命名空间的请求。
-- chart: bar namespace requests
SELECT
  coalesce(namespace, '') AS namespace,
  count(*) AS requests,
  count(DISTINCT username) AS users,
  sum(CASE WHEN verb IN ('create', 'update', 'patch', 'delete', 'deletecollection') THEN 1 ELSE 0 END) AS writes,
  sum(CASE WHEN code >= 400 THEN 1 ELSE 0 END) AS errors
FROM @events
WHERE @where
GROUP BY coalesce(namespace, '')
ORDER BY 2 DESC, 1
LIMIT @top
