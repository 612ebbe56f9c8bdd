-- title: Throttled requests (429)
-- title.zh: 被限流的请求（429）
-- explain: Who was told to come later. Priority and fairness protects the servers so; who stands here asks too much, or shares a level with somebody who does.
-- explain.zh: 被要求稍后再试的客户端。这是优先级与公平机制对服务端的保护；出现在这里的，或请求过多，或与请求过多者同级。
-- chart: bar username throttled
SELECT
  coalesce(username, '') AS username,
  coalesce(client, '') AS client,
  coalesce(verb, '') AS verb,
  coalesce(resource, '') AS resource,
  count(*) AS throttled
FROM @events
WHERE @where AND code = 429
GROUP BY coalesce(username, ''), coalesce(client, ''), coalesce(verb, ''), coalesce(resource, '')
ORDER BY 5 DESC, 1, 2, 3, 4
LIMIT @top
