-- title: Requests over time
-- title.zh: 请求随时间的变化
-- explain: Requests by time, and how many of them were refused (4xx), throttled (429) or failed (5xx). A step is a client that began to loop; a gap is a server that was away or a log that is missing.
-- explain.zh: 各时段的请求数，以及其中被拒绝（4xx）、被限流（429）与失败（5xx）的数量。陡升多为客户端陷入循环，空档则是服务中断或日志缺失。
-- chart: line time requests refused throttled failed
SELECT @at(step) AS time, requests, refused, throttled, failed
FROM (
  SELECT
    @step(stage_at) AS step,
    count(*) AS requests,
    sum(CASE WHEN code >= 400 AND code < 500 THEN 1 ELSE 0 END) AS refused,
    sum(CASE WHEN code = 429 THEN 1 ELSE 0 END) AS throttled,
    sum(CASE WHEN code >= 500 THEN 1 ELSE 0 END) AS failed
  FROM @events
  WHERE @where
  GROUP BY @step(stage_at)
) per_step
ORDER BY 1
