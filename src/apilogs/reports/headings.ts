/** What the columns of the reports are called by people who read Chinese; English readers get the name itself, spelled out. */
import type { Language } from './report.ts';

const CHINESE: Readonly<Record<string, string>> = {
  agents: '程序数',
  api_group: 'API 组',
  api_version: 'API 版本',
  asked_rights: '查询自身权限',
  by_people: '由人执行',
  changes: '变更数',
  client: '程序',
  client_version: '程序版本',
  code: '状态码',
  collections: '整批',
  conflicts: '冲突',
  deletions: '删除数',
  different: '种类数',
  errors: '错误数',
  failed: '失败（5xx）',
  forwarded: '请求头另有地址',
  from_storage: '读存储',
  last: '最近一次',
  lists: 'LIST 数',
  max_us: '最大（微秒）',
  minutes: '分钟数',
  mutating_max_us: '变更 webhook 最大（微秒）',
  name: '名称',
  namespace: '命名空间',
  namespaces: '命名空间数',
  objects: '对象数',
  p50_us: 'P50（微秒）',
  p90_us: 'P90（微秒）',
  p99_us: 'P99（微秒）',
  path: '路径',
  peak_per_minute: '每分钟峰值',
  reads: '读取数',
  reason: '原因',
  refused: '被拒绝',
  removed_release: '移除版本',
  requests: '请求数',
  resource: '资源',
  sessions: '会话数',
  source_ip: '来源地址',
  sources: '来源地址数',
  subresource: '子资源',
  succeeded: '成功数',
  throttled: '被限流',
  time: '时间',
  username: '用户',
  users: '用户数',
  validating_max_us: '校验 webhook 最大（微秒）',
  verb: '动作',
  watches: 'WATCH 数',
  webhook_p50_us: 'webhook P50（微秒）',
  webhook_p99_us: 'webhook P99（微秒）',
  webhooks: 'webhook',
  what: '请求',
  whole_cluster: '全集群',
  writers: '写入者数',
  writes: '写入数',
};

export function heading(column: string, language: Language): string {
  if (language === 'zh') return CHINESE[column] ?? column;
  return column.replace(/_us$/, ' (µs)').replaceAll('_', ' ');
}

/** Whether there is a Chinese word for it. */
export function isTranslated(column: string): boolean {
  return column in CHINESE;
}
