-- title: Status codes
-- title.zh: 状态码
-- explain: How requests ended. 409 and 404 in moderation are how controllers work; 401 are expired credentials, 403 missing rights, 429 throttling, 5xx faults of the servers or of webhooks. Code 0 is a request without an answer.
-- explain.zh: 请求的结果。少量 409 与 404 属于控制器的正常工作；401 为凭据过期，403 为权限不足，429 为限流，5xx 为服务端或 webhook 故障。0 表示没有应答。
-- chart: pie code requests
SELECT
  coalesce(code, 0) AS code,
  coalesce(reason, '') AS reason,
  count(*) AS requests,
  count(DISTINCT username) AS users
FROM @events
WHERE @where
GROUP BY coalesce(code, 0), coalesce(reason, '')
ORDER BY 3 DESC, 1, 2
LIMIT @top
