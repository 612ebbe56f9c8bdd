/** The columns of `events`: what each holds, where it comes from, and whether a client could have made it up. */

export interface EventColumn {
  readonly name: string;
  /** DuckDB's name of the type; Parquet carries it to other engines. */
  readonly type: string;
  /** Over a line that was read by `LINE_COLUMNS`. */
  readonly expression: string;
  readonly doc: string;
  readonly zh: string;
  /** Whoever sends a request chooses this freely. */
  readonly claimed?: true;
}

/** The fields of an audit.k8s.io/v1 Event that are read. Bodies are not: secrets are in them. */
export const LINE_COLUMNS: Readonly<Record<string, string>> = {
  kind: 'VARCHAR',
  apiVersion: 'VARCHAR',
  auditID: 'VARCHAR',
  level: 'VARCHAR',
  stage: 'VARCHAR',
  requestURI: 'VARCHAR',
  verb: 'VARCHAR',
  user: 'STRUCT(username VARCHAR, "groups" VARCHAR[])',
  impersonatedUser: 'STRUCT(username VARCHAR)',
  sourceIPs: 'VARCHAR[]',
  userAgent: 'VARCHAR',
  objectRef:
    'STRUCT(resource VARCHAR, namespace VARCHAR, "name" VARCHAR, apiGroup VARCHAR, apiVersion VARCHAR, subresource VARCHAR)',
  responseStatus: 'STRUCT(code INTEGER, reason VARCHAR, message VARCHAR)',
  requestReceivedTimestamp: 'TIMESTAMPTZ',
  stageTimestamp: 'TIMESTAMPTZ',
  annotations: 'MAP(VARCHAR, VARCHAR)',
};

const STAGES = "'RequestReceived','ResponseStarted','ResponseComplete','Panic'";
const WHOLE = "kind = 'Event' AND apiVersion = 'audit.k8s.io/v1'";
const ACCOUNT = 'system:serviceaccount:';
/** Most events carry the two annotations of the decision and no others: then none is looked up. */
const DECIDED = ['decision', 'reason'].map(
  (key) => `CAST(annotations['authorization.k8s.io/${key}'] IS NOT NULL AS INTEGER)`,
);
const OTHERS = (expression: string) =>
  `CASE WHEN cardinality(annotations) > ${DECIDED.join(' + ')} THEN ${expression} END`;
const DURATION = (key: string) => OTHERS(`go_us(annotations['apiserver.latency.k8s.io/${key}'])`);
const ASKS = (name: string, pattern: string) => `regexp_extract(requestURI, '[?&]${name}=(${pattern})', 1)`;
/** What lasts as long as its client likes. */
export const LONG_RUNNING = {
  verbs: ['watch', 'watchlist', 'proxy', 'connect'],
  subresources: ['exec', 'attach', 'portforward', 'proxy', 'log'],
} satisfies Record<string, readonly string[]>;
const ONE_OF = (names: readonly string[]) => `IN (${names.map((name) => `'${name}'`).join(', ')})`;
const LISTS = "verb IN ('list', 'watch')";

export const EVENT_COLUMNS: readonly EventColumn[] = [
  {
    name: 'audit_id',
    type: 'VARCHAR',
    expression: `CASE WHEN ${WHOLE} THEN nullif(auditID, '') END`,
    doc: 'the request; one line for each stage of it',
    zh: '请求的编号；每个阶段一行',
    claimed: true,
  },
  { name: 'level', type: 'VARCHAR', expression: 'level', doc: 'how much the policy wrote', zh: '审计策略记录的级别' },
  {
    name: 'stage',
    type: 'VARCHAR',
    expression: `CASE WHEN stage IN (${STAGES}) THEN stage END`,
    doc: 'RequestReceived, ResponseStarted, ResponseComplete or Panic',
    zh: '阶段：RequestReceived、ResponseStarted、ResponseComplete 或 Panic',
  },
  { name: 'verb', type: 'VARCHAR', expression: 'verb', doc: 'get, list, watch, create, …', zh: '动作' },
  {
    name: 'request_uri',
    type: 'VARCHAR',
    expression: 'requestURI',
    doc: 'path and query',
    zh: '请求的路径与参数',
    claimed: true,
  },
  {
    name: 'path',
    type: 'VARCHAR',
    expression: "split_part(requestURI, '?', 1)",
    doc: 'without the query',
    zh: '不带参数的路径',
    claimed: true,
  },
  { name: 'username', type: 'VARCHAR', expression: '"user".username', doc: 'who signed in', zh: '登录的用户' },
  {
    name: 'user_groups',
    type: 'VARCHAR[]',
    expression: '"user"."groups"',
    doc: 'groups of that user',
    zh: '该用户所属的组',
  },
  {
    name: 'service_account',
    type: 'VARCHAR',
    expression: `CASE WHEN starts_with("user".username, '${ACCOUNT}') THEN replace("user".username[${ACCOUNT.length + 1}:], ':', '/') END`,
    doc: 'namespace/name, if the user is a ServiceAccount',
    zh: '若为 ServiceAccount，则为 命名空间/名称',
  },
  {
    name: 'impersonated_username',
    type: 'VARCHAR',
    expression: 'impersonatedUser.username',
    doc: 'as whom the user acted',
    zh: '所扮演的用户',
  },
  {
    name: 'source_ip',
    type: 'VARCHAR',
    expression: 'sourceIPs[-1]',
    doc: 'the address that the API server saw itself: the last of source_ips',
    zh: 'API server 实际看到的地址，即 source_ips 的最后一项',
  },
  {
    name: 'source_ips',
    type: 'VARCHAR[]',
    expression: 'sourceIPs',
    doc: 'all addresses; those before the last are what headers say',
    zh: '全部地址；最后一项之前的来自请求头，可伪造',
    claimed: true,
  },
  {
    name: 'forwarded',
    type: 'BOOLEAN',
    expression: 'coalesce(len(sourceIPs) > 1, false)',
    doc: 'headers named further addresses, as X-Forwarded-For does: true behind proxies, and where somebody pretends',
    zh: '请求头给出了更多地址（如 X-Forwarded-For）：经过代理，或有人伪造',
  },
  {
    name: 'user_agent',
    type: 'VARCHAR',
    expression: 'userAgent',
    doc: 'what the program says it is',
    zh: '程序自称的名称',
    claimed: true,
  },
  {
    name: 'client',
    type: 'VARCHAR',
    expression: "split_part(split_part(userAgent, ' ', 1), '/', 1)",
    doc: 'its name alone',
    zh: '程序名',
    claimed: true,
  },
  {
    name: 'client_version',
    type: 'VARCHAR',
    expression: "nullif(split_part(split_part(userAgent, ' ', 1), '/', 2), '')",
    doc: 'its version',
    zh: '程序版本',
    claimed: true,
  },
  {
    name: 'api_group',
    type: 'VARCHAR',
    expression: "CASE WHEN objectRef IS NOT NULL THEN coalesce(objectRef.apiGroup, '') END",
    doc: 'of the resource; empty for the core group',
    zh: '资源所在的组；核心组为空',
  },
  {
    name: 'api_version',
    type: 'VARCHAR',
    expression: 'objectRef.apiVersion',
    doc: 'of the resource',
    zh: '资源的版本',
  },
  { name: 'resource', type: 'VARCHAR', expression: 'objectRef.resource', doc: 'plural name', zh: '资源的复数名' },
  { name: 'subresource', type: 'VARCHAR', expression: 'objectRef.subresource', doc: 'status, exec, …', zh: '子资源' },
  { name: 'namespace', type: 'VARCHAR', expression: 'objectRef.namespace', doc: 'of the object', zh: '命名空间' },
  {
    name: 'name',
    type: 'VARCHAR',
    expression: 'objectRef."name"',
    doc: 'of the object; none for collections',
    zh: '对象名；集合没有',
  },
  { name: 'code', type: 'INTEGER', expression: 'responseStatus.code', doc: 'HTTP status', zh: 'HTTP 状态码' },
  { name: 'reason', type: 'VARCHAR', expression: 'responseStatus.reason', doc: 'Forbidden, NotFound, …', zh: '原因' },
  { name: 'message', type: 'VARCHAR', expression: 'responseStatus.message', doc: 'of an error', zh: '错误信息' },
  {
    name: 'received_at',
    type: 'TIMESTAMPTZ',
    expression: 'coalesce(requestReceivedTimestamp, stageTimestamp)',
    doc: 'when the request came in',
    zh: '请求到达的时间',
  },
  {
    name: 'stage_at',
    type: 'TIMESTAMPTZ',
    expression: 'coalesce(stageTimestamp, requestReceivedTimestamp)',
    doc: 'when this stage was reached; partitions and all limits of time go by it',
    zh: '到达该阶段的时间；分区与时间范围以此为准',
  },
  {
    name: 'latency_us',
    type: 'BIGINT',
    expression: 'epoch_us(stageTimestamp) - epoch_us(requestReceivedTimestamp)',
    doc: 'microseconds from request to stage',
    zh: '从请求到该阶段的微秒数',
  },
  {
    name: 'long_running',
    type: 'BOOLEAN',
    expression: `coalesce(verb ${ONE_OF(LONG_RUNNING.verbs)}, false) OR coalesce(objectRef.subresource ${ONE_OF(LONG_RUNNING.subresources)}, false)`,
    doc: 'watch, exec, attach, port-forward, proxy, log: lasts as long as the client likes, so no latency is reckoned from it',
    zh: 'watch、exec、attach、port-forward、proxy、log：时长由客户端决定，不计入延迟',
  },
  {
    name: 'list_limit',
    type: 'BIGINT',
    expression: `CASE WHEN ${LISTS} THEN TRY_CAST(${ASKS('limit', '[0-9]+')} AS BIGINT) END`,
    doc: '`limit` of a LIST; none if it asked for all at once',
    zh: 'LIST 的 limit；为空表示一次取全部',
    claimed: true,
  },
  {
    name: 'list_continued',
    type: 'BOOLEAN',
    expression: `${LISTS} AND contains(requestURI, 'continue=')`,
    doc: 'a further page of a LIST',
    zh: 'LIST 的后续页',
    claimed: true,
  },
  {
    name: 'list_version',
    type: 'VARCHAR',
    expression: `CASE WHEN ${LISTS} THEN ${ASKS('resourceVersion', '[0-9]*')} END`,
    doc: '`resourceVersion` of a LIST or watch: 0 is served from memory, empty asks the storage',
    zh: 'LIST 或 watch 的 resourceVersion：0 由缓存应答，空则读取存储',
    claimed: true,
  },
  {
    name: 'mutating_webhook_us',
    type: 'BIGINT',
    expression: DURATION('mutating-webhook'),
    doc: 'time in mutating webhooks, where the API server notes it (slow requests)',
    zh: '变更 webhook 所用微秒数（API server 只对慢请求记录）',
  },
  {
    name: 'validating_webhook_us',
    type: 'BIGINT',
    expression: DURATION('validating-webhook'),
    doc: 'the same of validating webhooks',
    zh: '校验 webhook 所用微秒数',
  },
  {
    name: 'etcd_us',
    type: 'BIGINT',
    expression: DURATION('etcd'),
    doc: 'the same of the storage',
    zh: '存储所用微秒数',
  },
  {
    name: 'webhooks',
    type: 'VARCHAR',
    expression: OTHERS('webhooks_of(annotations)'),
    doc: 'names of the webhooks that were asked, with commas between',
    zh: '被调用的 webhook，以逗号分隔',
  },
  {
    name: 'deprecated',
    type: 'BOOLEAN',
    expression: `coalesce(${OTHERS("annotations['k8s.io/deprecated'] = 'true'")}, false)`,
    doc: 'the version of the API is deprecated',
    zh: '使用了已弃用的 API 版本',
  },
  {
    name: 'removed_release',
    type: 'VARCHAR',
    expression: OTHERS("annotations['k8s.io/removed-release']"),
    doc: 'the Kubernetes that no longer serves it',
    zh: '移除该版本的 Kubernetes',
  },
  {
    name: 'decision',
    type: 'VARCHAR',
    expression: "annotations['authorization.k8s.io/decision']",
    doc: 'allow or forbid',
    zh: '鉴权结果：allow 或 forbid',
  },
  {
    name: 'decision_reason',
    type: 'VARCHAR',
    expression: "annotations['authorization.k8s.io/reason']",
    doc: 'by which right',
    zh: '依据的权限',
  },
  {
    name: 'annotations',
    type: 'MAP(VARCHAR, VARCHAR)',
    expression: 'annotations',
    doc: 'all others too',
    zh: '全部注解',
  },
];

/** Trusted statements that a fresh engine needs before it reads lines. */
export const MACROS: readonly string[] = [
  `CREATE OR REPLACE MACRO go_part(v, unit) AS coalesce(TRY_CAST(regexp_extract(v, '([0-9.]+)' || unit || '([0-9]|$)', 1) AS DOUBLE), 0)`,
  `CREATE OR REPLACE MACRO go_us(v) AS CASE WHEN v IS NOT NULL THEN CAST(floor(go_part(v, 'h') * 3600e6 + go_part(v, 'm') * 60e6
     + go_part(v, 's') * 1e6 + go_part(v, 'ms') * 1e3 + go_part(v, '(?:us|µs|μs)') + go_part(v, 'ns') / 1e3 + 0.5) AS BIGINT) END`,
  `CREATE OR REPLACE MACRO webhooks_of(m) AS nullif(array_to_string(list_sort(list_distinct(list_filter(list_transform(map_entries(m),
     e -> CASE WHEN starts_with(e.key, 'failed-open.') THEN e.value
               WHEN starts_with(e.key, 'mutation.webhook.') THEN json_extract_string(CASE WHEN json_valid(e.value) THEN e.value END, '$.webhook') END),
     w -> w IS NOT NULL))), ','), '')`,
];
