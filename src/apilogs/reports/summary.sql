-- title: At a glance
-- title.zh: 概览
-- explain: How much was asked of the API servers in this time, by how many, and how it went. Latencies leave out what lasts as long as its client likes (watch, exec, attach, port-forward, proxy, log).
-- explain.zh: 这段时间内 API server 的请求总量、来源数量与结果。延迟不含由客户端决定时长的请求（watch、exec、attach、port-forward、proxy、log）。
SELECT
  count(*) AS requests,
  count(DISTINCT username) AS users,
  count(DISTINCT user_agent) AS agents,
  count(DISTINCT source_ip) AS sources,
  sum(CASE WHEN code >= 400 AND code < 500 THEN 1 ELSE 0 END) AS refused,
  sum(CASE WHEN code >= 500 THEN 1 ELSE 0 END) AS failed,
  sum(CASE WHEN code = 429 THEN 1 ELSE 0 END) AS throttled,
  @pct(@latency, 0.5) AS p50_us,
  @pct(@latency, 0.99) AS p99_us
FROM @events
WHERE @where
