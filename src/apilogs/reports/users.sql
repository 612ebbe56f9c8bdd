-- title: Users
-- title.zh: 用户
-- explain: Who asks most. What a person or a controller does more than its neighbours is worth a look: load follows a few.
-- explain.zh: 请求最多的用户。负载往往集中在少数用户身上，明显高于同类者值得查看。
-- chart: bar username requests
SELECT
  coalesce(username, '') AS username,
  count(*) AS requests,
  sum(CASE WHEN verb IN ('create', 'update', 'patch', 'delete', 'deletecollection') THEN 1 ELSE 0 END) AS writes,
  sum(CASE WHEN code >= 400 THEN 1 ELSE 0 END) AS errors,
  sum(CASE WHEN code = 429 THEN 1 ELSE 0 END) AS throttled,
  count(DISTINCT source_ip) AS sources,
  @pct(@latency, 0.99) AS p99_us
FROM @events
WHERE @where
GROUP BY coalesce(username, '')
ORDER BY 2 DESC, 1
LIMIT @top
