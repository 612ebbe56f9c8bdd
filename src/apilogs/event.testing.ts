/** Audit events for tests: plausible, and each of its own. */
import { Buffer } from 'node:buffer';

export interface EventFacts {
  readonly id?: string;
  readonly stage?: string;
  readonly verb?: string;
  readonly username?: string;
  readonly userAgent?: string;
  readonly sourceIPs?: readonly string[];
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly group?: string;
  readonly query?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly at?: string;
  readonly latencyMs?: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** As the API server writes it. */
export function event(number: number, facts: EventFacts = {}): Record<string, unknown> {
  const { verb = 'get', resource = 'pods', namespace = 'shop', name, query = '', latencyMs = 5, code = 200 } = facts;
  const received = facts.at ? Date.parse(facts.at) : Date.UTC(2026, 10, 26, 10) + number * 10;
  const object = verb === 'list' || verb === 'watch' ? undefined : (name ?? `pod-${number}`);
  const path = [`/api/v1/namespaces/${namespace}/${resource}`, object].filter(Boolean).join('/');
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: facts.id ?? `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    stage: facts.stage ?? 'ResponseComplete',
    requestURI: path + query,
    verb,
    user: { username: facts.username ?? 'ann', groups: ['system:authenticated'] },
    sourceIPs: facts.sourceIPs ?? ['10.0.0.1'],
    userAgent: facts.userAgent ?? 'kubectl/v1.35.0 (linux/amd64) kubernetes/abc',
    objectRef: {
      resource,
      namespace,
      ...(object && { name: object }),
      ...(facts.group && { apiGroup: facts.group }),
      ...(facts.subresource && { subresource: facts.subresource }),
      apiVersion: 'v1',
    },
    responseStatus: {
      metadata: {},
      ...(facts.reason && { reason: facts.reason }),
      ...(facts.message && { message: facts.message }),
      code,
    },
    requestReceivedTimestamp: micro(received),
    stageTimestamp: micro(received + latencyMs),
    annotations: { 'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow', ...facts.annotations },
  };
}

export function events(count: number, facts: EventFacts = {}, from = 0): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, i) => event(from + i, facts));
}

export function ndjson(all: readonly unknown[]): Buffer {
  return Buffer.from(all.map((one) => `${JSON.stringify(one)}\n`).join(''));
}

function micro(ms: number): string {
  const whole = Math.floor(ms);
  return `${new Date(whole).toISOString().slice(0, -1)}${String(Math.round((ms - whole) * 1000)).padStart(3, '0')}Z`;
}
