-- title: LISTs without a limit
-- title.zh: 未设 limit 的 LIST
-- explain: Who fetches whole collections in one answer. Each costs the servers memory for all of it; from storage (not version 0) it costs etcd the same. Such clients should page, or watch.
-- explain.zh: 一次取回整个集合的客户端。每次都要占用 API server 装下全部对象的内存；若读存储（版本不为 0），etcd 也要付同样的代价。应改为分页或使用 watch。
-- chart: bar client lists
SELECT
  coalesce(client, '') AS client,
  coalesce(username, '') AS username,
  coalesce(resource, '') AS resource,
  count(*) AS lists,
  sum(CASE WHEN list_version = '0' THEN 0 ELSE 1 END) AS from_storage,
  sum(CASE WHEN namespace IS NULL THEN 1 ELSE 0 END) AS whole_cluster,
  @pct(latency_us, 0.99) AS p99_us
FROM @events
WHERE @where AND verb = 'list' AND list_limit IS NULL AND NOT list_continued AND name IS NULL AND resource IS NOT NULL
GROUP BY coalesce(client, ''), coalesce(username, ''), coalesce(resource, '')
ORDER BY 4 DESC, 1, 2, 3
LIMIT @top
