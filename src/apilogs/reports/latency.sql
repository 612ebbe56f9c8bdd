-- title: Latency
-- title.zh: 延迟
-- explain: How long requests took, slowest first by their 99th percentile, where there were at least ten. Times are exact, in microseconds from the request's arrival to the end of the answer; what lasts as long as its client likes is left out.
-- explain.zh: 各类请求的耗时，按 99 分位由慢到快，仅列出至少十次者。时间为精确值，单位微秒，从请求到达至应答结束；不含由客户端决定时长的请求。
-- chart: bar what p99_us
SELECT
  concat(coalesce(verb, ''), ' ', coalesce(resource, path, '')) AS what,
  count(*) AS requests,
  @pct(latency_us, 0.5) AS p50_us,
  @pct(latency_us, 0.9) AS p90_us,
  @pct(latency_us, 0.99) AS p99_us,
  max(latency_us) AS max_us
FROM @events
WHERE @where AND NOT long_running AND latency_us IS NOT NULL
GROUP BY concat(coalesce(verb, ''), ' ', coalesce(resource, path, ''))
HAVING count(*) >= 10
ORDER BY 5 DESC, 1
LIMIT @top
