-- title: Deletions
-- title.zh: 删除
-- explain: Who deleted what kind of thing, and how many of it; whole collections apart. Controllers delete all day; a person who does is worth a look.
-- explain.zh: 谁删除了何种对象、数量多少，整批删除另计。控制器经常删除对象；由人执行的删除值得查看。
-- chart: bar username deletions
SELECT
  coalesce(username, '') AS username,
  coalesce(resource, '') AS resource,
  count(*) AS deletions,
  sum(CASE WHEN verb = 'deletecollection' THEN 1 ELSE 0 END) AS collections,
  count(DISTINCT namespace) AS namespaces,
  sum(CASE WHEN service_account IS NULL AND username NOT LIKE 'system:%' THEN 1 ELSE 0 END) AS by_people
FROM @events
WHERE @where AND verb IN ('delete', 'deletecollection') AND code < 400
GROUP BY coalesce(username, ''), coalesce(resource, '')
ORDER BY 3 DESC, 1, 2
LIMIT @top
