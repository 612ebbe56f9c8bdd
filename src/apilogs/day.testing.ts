/** A day of a small cluster, with something for every report. */
import { event } from './event.testing.ts';

/** What somebody writes who hopes that a page shows it. */
export const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&amp;`;
export const controller = { username: 'system:serviceaccount:shop:ctl', userAgent: 'ctl/v2 (linux)' };

export function day(): Record<string, unknown>[] {
  let n = 0;
  const some = (count: number, facts: Parameters<typeof event>[1]) =>
    Array.from({ length: count }, () => event(n++, facts));
  return [
    ...some(40, { latencyMs: 10 }),
    ...some(30, { ...controller, verb: 'list', resource: 'pods' }),
    ...some(4, { verb: 'list', resource: 'nodes', query: '?limit=500' }),
    ...some(3, { ...controller, code: 429, reason: 'TooManyRequests', verb: 'update', name: 'web' }),
    ...some(6, { ...controller, verb: 'update', name: 'web', code: 409, reason: 'Conflict' }),
    ...some(2, {
      username: 'eve',
      verb: 'get',
      resource: 'secrets',
      code: 403,
      reason: 'Forbidden',
      sourceIPs: ['1.1.1.1', '10.9.9.9'],
    }),
    ...some(1, {
      username: 'eve',
      verb: 'list',
      resource: 'secrets',
      code: 403,
      reason: 'Forbidden',
      namespace: 'bank',
      sourceIPs: ['10.9.9.9'],
    }),
    ...some(2, { username: 'bob', verb: 'list', resource: 'secrets' }),
    ...some(5, { verb: 'watch', latencyMs: 300_000 }),
    ...some(1, { verb: 'create', subresource: 'exec', name: 'web-0', username: 'ann', latencyMs: 90_000, code: 101 }),
    ...some(1, {
      verb: 'create',
      resource: 'clusterrolebindings',
      group: 'rbac.authorization.k8s.io',
      name: 'all',
      code: 201,
    }),
    ...some(3, { verb: 'delete', username: 'bob', name: 'web-1' }),
    ...some(2, { verb: 'get', username: 'system:anonymous', code: 401 }),
    ...some(1, {
      verb: 'list',
      resource: 'flowschemas',
      group: 'flowcontrol.apiserver.k8s.io',
      annotations: { 'k8s.io/deprecated': 'true', 'k8s.io/removed-release': '1.36' },
    }),
    ...some(2, {
      verb: 'create',
      latencyMs: 2000,
      annotations: {
        'apiserver.latency.k8s.io/mutating-webhook': '1.5s',
        'apiserver.latency.k8s.io/validating-webhook': '1m2.25s',
        'apiserver.latency.k8s.io/etcd': '523.125ms',
        'mutation.webhook.admission.k8s.io/round_0_index_0':
          '{"configuration":"c","webhook":"inject.example.com","mutated":true}',
        'failed-open.validating.webhook.admission.k8s.io/round_0_index_1': 'slow.example.com',
      },
    }),
    ...some(1, { username: HOSTILE, userAgent: HOSTILE, name: HOSTILE, verb: 'update' }),
    ...some(20, { stage: 'RequestReceived' }),
  ];
}
