-- title: Slow webhooks
-- title.zh: 缓慢的 webhook
-- explain: Time that requests spent in admission webhooks, where the API server noted it, as it does for requests of half a second and more. The names are those that were asked in the same requests, or that failed open.
-- explain.zh: 请求在准入 webhook 中耗费的时间（API server 只对半秒以上的请求记录）。名称为同一请求中被调用或失败放行的 webhook。
-- chart: bar what webhook_p99_us
SELECT
  concat(coalesce(verb, ''), ' ', coalesce(resource, '')) AS what,
  coalesce(webhooks, '') AS webhooks,
  count(*) AS requests,
  @pct(coalesce(mutating_webhook_us, 0) + coalesce(validating_webhook_us, 0), 0.5) AS webhook_p50_us,
  @pct(coalesce(mutating_webhook_us, 0) + coalesce(validating_webhook_us, 0), 0.99) AS webhook_p99_us,
  max(coalesce(mutating_webhook_us, 0)) AS mutating_max_us,
  max(coalesce(validating_webhook_us, 0)) AS validating_max_us
FROM @events
WHERE @where AND (mutating_webhook_us IS NOT NULL OR validating_webhook_us IS NOT NULL)
GROUP BY concat(coalesce(verb, ''), ' ', coalesce(resource, '')), coalesce(webhooks, '')
ORDER BY 5 DESC, 1, 2
LIMIT @top
