-- title: Readers of secrets
-- title.zh: 读取 Secret 的用户
-- explain: Who read Secrets, how many of them, and whether as whole collections.
-- explain.zh: 读取 Secret 的用户、读取的数量，以及是否整批读取。
-- chart: bar username reads
SELECT
  coalesce(username, '') AS username,
  coalesce(client, '') AS client,
  count(*) AS reads,
  count(DISTINCT concat(coalesce(namespace, ''), '/', coalesce(name, ''))) AS objects,
  count(DISTINCT namespace) AS namespaces,
  sum(CASE WHEN verb IN ('list', 'watch') THEN 1 ELSE 0 END) AS collections
FROM @events
WHERE @where AND resource = 'secrets' AND verb IN ('get', 'list', 'watch') AND code < 400
GROUP BY coalesce(username, ''), coalesce(client, '')
ORDER BY 3 DESC, 1, 2
LIMIT @top
