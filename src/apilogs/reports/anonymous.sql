-- title: Without sign-in
-- title.zh: 未登录的访问
-- explain: What was asked by nobody in particular. Probes of health are usual; anything else that succeeded is a door that stands open.
-- explain.zh: 匿名用户的请求。健康检查属于正常；其他成功的请求意味着存在未关闭的入口。
SELECT
  coalesce(source_ip, '') AS source_ip,
  coalesce(verb, '') AS verb,
  coalesce(path, '') AS path,
  count(*) AS requests,
  sum(CASE WHEN code < 400 THEN 1 ELSE 0 END) AS succeeded
FROM @events
WHERE @where AND (username = 'system:anonymous' OR username IS NULL OR username = '')
GROUP BY coalesce(source_ip, ''), coalesce(verb, ''), coalesce(path, '')
ORDER BY 5 DESC, 4 DESC, 1, 2, 3
LIMIT @top
