-- title: Deprecated APIs
-- title.zh: 已弃用的 API
-- explain: Who still uses versions that a coming Kubernetes takes away, and which one does. They must be moved before the upgrade.
-- explain.zh: 仍在使用即将移除的 API 版本的客户端，以及移除该版本的 Kubernetes。须在升级前完成迁移。
-- chart: bar client requests
SELECT
  coalesce(removed_release, '') AS removed_release,
  coalesce(api_group, '') AS api_group,
  coalesce(api_version, '') AS api_version,
  coalesce(resource, '') AS resource,
  coalesce(client, '') AS client,
  coalesce(username, '') AS username,
  count(*) AS requests
FROM @events
WHERE @where AND deprecated
GROUP BY coalesce(removed_release, ''), coalesce(api_group, ''), coalesce(api_version, ''), coalesce(resource, ''), coalesce(client, ''), coalesce(username, '')
ORDER BY 7 DESC, 1, 2, 3, 4, 5, 6
LIMIT @top
