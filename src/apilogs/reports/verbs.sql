-- title: Verbs
-- title.zh: 动作
-- explain: What is done: reading one, listing, watching, changing. Many LISTs beside few watches are clients that poll.
-- explain.zh: 各类动作的数量。LIST 多而 watch 少，说明客户端在轮询。
-- chart: pie verb requests
SELECT
  coalesce(verb, '') AS verb,
  count(*) AS requests,
  sum(CASE WHEN code >= 400 THEN 1 ELSE 0 END) AS errors,
  @pct(@latency, 0.5) AS p50_us,
  @pct(@latency, 0.99) AS p99_us
FROM @events
WHERE @where
GROUP BY coalesce(verb, '')
ORDER BY 2 DESC, 1
LIMIT @top
