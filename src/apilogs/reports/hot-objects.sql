-- title: Hot objects
-- title.zh: 热点对象
-- explain: Single objects that are written most, and by how many. Each write goes to every watcher; several writers with conflicts (409) are two controllers that disagree.
-- explain.zh: 写入最频繁的单个对象及其写入者数量。每次写入都会推送给所有 watch；多个写入者且伴随冲突（409），说明控制器之间互相争夺。
-- chart: bar name writes
SELECT
  coalesce(resource, '') AS resource,
  coalesce(namespace, '') AS namespace,
  coalesce(name, '') AS name,
  count(*) AS writes,
  count(DISTINCT username) AS writers,
  sum(CASE WHEN code = 409 THEN 1 ELSE 0 END) AS conflicts
FROM @events
WHERE @where AND verb IN ('update', 'patch', 'create', 'delete') AND name IS NOT NULL
GROUP BY coalesce(resource, ''), coalesce(namespace, ''), coalesce(name, '')
ORDER BY 4 DESC, 1, 2, 3
LIMIT @top
