-- title: Resources
-- title.zh: 资源
-- explain: What is asked for. Leases and events at the top are a large fleet's heartbeat; anything else there is somebody's habit.
-- explain.zh: 被请求最多的资源。Lease 与 Event 居前是大规模集群的心跳，其他资源居前则多为某个客户端的习惯。
-- chart: bar resource requests
SELECT
  coalesce(resource, '') AS resource,
  coalesce(api_group, '') AS api_group,
  count(*) AS requests,
  sum(CASE WHEN verb = 'list' THEN 1 ELSE 0 END) AS lists,
  sum(CASE WHEN verb = 'watch' THEN 1 ELSE 0 END) AS watches,
  sum(CASE WHEN verb IN ('create', 'update', 'patch', 'delete', 'deletecollection') THEN 1 ELSE 0 END) AS writes,
  sum(CASE WHEN code >= 400 THEN 1 ELSE 0 END) AS errors
FROM @events
WHERE @where
GROUP BY coalesce(resource, ''), coalesce(api_group, '')
ORDER BY 3 DESC, 1, 2
LIMIT @top
