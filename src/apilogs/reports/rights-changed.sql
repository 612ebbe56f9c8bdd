-- title: Changes of rights
-- title.zh: 权限变更
-- explain: Roles and bindings that were made, changed or removed: by whom, and when last.
-- explain.zh: 被创建、修改或删除的角色与绑定：由谁，最近何时。
SELECT
  coalesce(username, '') AS username,
  coalesce(verb, '') AS verb,
  coalesce(resource, '') AS resource,
  coalesce(namespace, '') AS namespace,
  coalesce(name, '') AS name,
  count(*) AS changes,
  sum(CASE WHEN code >= 400 THEN 1 ELSE 0 END) AS errors,
  @time(max(stage_at)) AS last
FROM @events
WHERE @where AND api_group = 'rbac.authorization.k8s.io' AND verb IN ('create', 'update', 'patch', 'delete', 'deletecollection')
GROUP BY coalesce(username, ''), coalesce(verb, ''), coalesce(resource, ''), coalesce(namespace, ''), coalesce(name, '')
ORDER BY 6 DESC, 1, 2, 3, 4, 5
LIMIT @top
