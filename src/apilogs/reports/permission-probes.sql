-- title: Permission probes
-- title.zh: 权限试探
-- explain: Who was refused (401, 403) or asked what it may do. One resource refused again and again is a controller without a right; many different ones are somebody who tries doors.
-- explain.zh: 被拒绝（401、403）或查询自身权限的用户。反复被拒于同一资源，多为控制器缺少权限；被拒的种类很多，则是有人在试探。
-- chart: bar username refused
SELECT
  coalesce(username, '') AS username,
  coalesce(source_ip, '') AS source_ip,
  sum(CASE WHEN code IN (401, 403) THEN 1 ELSE 0 END) AS refused,
  count(DISTINCT CASE WHEN code IN (401, 403) THEN concat(coalesce(verb, ''), ' ', coalesce(resource, path, '')) END) AS different,
  count(DISTINCT CASE WHEN code IN (401, 403) THEN namespace END) AS namespaces,
  sum(CASE WHEN resource IN ('selfsubjectaccessreviews', 'selfsubjectrulesreviews') THEN 1 ELSE 0 END) AS asked_rights
FROM @events
WHERE @where AND (code IN (401, 403) OR resource IN ('selfsubjectaccessreviews', 'selfsubjectrulesreviews'))
GROUP BY coalesce(username, ''), coalesce(source_ip, '')
ORDER BY 4 DESC, 3 DESC, 6 DESC, 1, 2
LIMIT @top
