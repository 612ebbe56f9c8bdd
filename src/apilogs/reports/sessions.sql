-- title: Sessions in containers
-- title.zh: 进入容器的会话
-- explain: Who ran commands in containers, attached to them, or forwarded ports, and where.
-- explain.zh: 在容器中执行命令、附加或转发端口的用户及位置。
SELECT
  coalesce(username, '') AS username,
  coalesce(subresource, '') AS subresource,
  coalesce(namespace, '') AS namespace,
  coalesce(name, '') AS name,
  count(*) AS sessions,
  @time(max(stage_at)) AS last
FROM @events
WHERE @where AND subresource IN ('exec', 'attach', 'portforward')
GROUP BY coalesce(username, ''), coalesce(subresource, ''), coalesce(namespace, ''), coalesce(name, '')
ORDER BY 5 DESC, 1, 2, 3, 4
LIMIT @top
