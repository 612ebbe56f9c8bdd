-- title: Relist storms
-- title.zh: 重复 LIST 风暴
-- explain: Who lists the same again and again, by its worst minute. A client that watches lists once and then now and then; ten times in a minute is a loop, a crash that repeats, or many copies started at once.
-- explain.zh: 反复列出同一资源的客户端，按最严重的一分钟排列。使用 watch 的客户端只需偶尔 LIST；一分钟十次以上，多为死循环、反复崩溃或大量副本同时启动。
-- chart: bar client peak_per_minute
SELECT client, username, resource, sum(n) AS lists, max(n) AS peak_per_minute, count(*) AS minutes
FROM (
  SELECT
    coalesce(client, '') AS client,
    coalesce(username, '') AS username,
    coalesce(resource, '') AS resource,
    @minute(stage_at) AS minute,
    count(*) AS n
  FROM @events
  WHERE @where AND verb = 'list' AND NOT list_continued AND resource IS NOT NULL
  GROUP BY coalesce(client, ''), coalesce(username, ''), coalesce(resource, ''), @minute(stage_at)
) per_minute
GROUP BY client, username, resource
HAVING max(n) >= 10
ORDER BY 5 DESC, 4 DESC, 1, 2, 3
LIMIT @top
