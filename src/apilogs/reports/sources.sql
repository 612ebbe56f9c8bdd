-- title: Source addresses
-- title.zh: 来源地址
-- explain: Where requests come from: the address that the API server saw itself. Where headers named further addresses, that is said: a proxy does so, and so does who wants to hide.
-- explain.zh: 请求的来源，即 API server 实际看到的地址。forwarded 为请求头另外给出地址的次数：经过代理，或有人意图掩饰。
-- chart: bar source_ip requests
SELECT
  coalesce(source_ip, '') AS source_ip,
  count(*) AS requests,
  count(DISTINCT username) AS users,
  count(DISTINCT user_agent) AS agents,
  sum(CASE WHEN forwarded THEN 1 ELSE 0 END) AS forwarded,
  sum(CASE WHEN code >= 400 THEN 1 ELSE 0 END) AS errors
FROM @events
WHERE @where
GROUP BY coalesce(source_ip, '')
ORDER BY 2 DESC, 1
LIMIT @top
