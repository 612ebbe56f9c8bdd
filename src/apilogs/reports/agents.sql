-- title: Programs
-- title.zh: 客户端程序
-- explain: Which programs ask, by the name that they give themselves. The name is a claim and can be made up; many versions of one program are a roll-out that stopped half-way.
-- explain.zh: 按程序自报的名称统计。该名称可以伪造；同一程序存在多个版本，通常意味着升级只进行了一半。
-- chart: bar client requests
SELECT
  coalesce(client, '') AS client,
  coalesce(client_version, '') AS client_version,
  count(*) AS requests,
  count(DISTINCT username) AS users,
  count(DISTINCT source_ip) AS sources,
  sum(CASE WHEN code >= 400 THEN 1 ELSE 0 END) AS errors
FROM @events
WHERE @where
GROUP BY coalesce(client, ''), coalesce(client_version, '')
ORDER BY 3 DESC, 1, 2
LIMIT @top
