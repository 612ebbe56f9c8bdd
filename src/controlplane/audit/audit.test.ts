import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../exchange.ts';
import { AuditLog } from './audit-log.ts';
import { DEFAULT_POLICY, judge, loadPolicy, type Policy } from './policy.ts';
import { RotatingFile } from './rotating-file.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'jdos-audit-'));

function exchange(path: string, more: Partial<Exchange> = {}): Exchange {
  const caller = { name: 'ann', groups: ['dev', 'system:authenticated'] };
  return {
    id: '1',
    method: 'GET',
    url: new URL(path, 'https://localhost'),
    userAgent: 'kubectl/v1.35',
    sourceAddress: '127.0.0.1',
    receivedAt: Date.UTC(2026, 0, 1),
    sender: caller,
    caller,
    target: undefined,
    status: 200,
    body: undefined,
    contentType: 'application/json',
    answer: undefined,
    ...more,
  };
}

const pods = { verb: 'create', group: '', version: 'v1', plural: 'pods', namespace: 'shop', name: 'web' } as const;

describe('a policy', () => {
  const policy: Policy = {
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', users: ['robot'] },
      { level: 'Request', resources: [{ group: '', resources: ['pods', 'pods/*'] }], namespaces: ['shop'] },
      { level: 'RequestResponse', userGroups: ['dev'], verbs: ['delete'] },
      { level: 'Metadata', nonResourceURLs: ['/metrics', '/api/*'], omitStages: ['ResponseStarted'] },
    ],
  };

  it.each([
    ['a user', exchange('/x', { caller: { name: 'robot', groups: [] }, target: pods }), 'None'],
    ['a resource in a namespace', exchange('/x', { target: pods }), 'Request'],
    ['a subresource by pattern', exchange('/x', { target: { ...pods, subresource: 'log' } }), 'Request'],
    ['another namespace', exchange('/x', { target: { ...pods, namespace: 'other' } }), 'None'],
    [
      'a group and a verb',
      exchange('/x', { target: { ...pods, namespace: 'other', verb: 'delete' } }),
      'RequestResponse',
    ],
    ['a path', exchange('/api/v1'), 'Metadata'],
    ['another path', exchange('/version'), 'None'],
  ])('decides by %s', (_, request, level) => {
    expect(judge(policy, request).level).toBe(level);
  });

  it('adds the stages that a rule leaves out to its own', () => {
    expect(judge(policy, exchange('/metrics')).omitStages).toEqual(['RequestReceived', 'ResponseStarted']);
  });

  it('that is wrong is refused with the place', () => {
    const file = join(folder(), 'policy.yaml');
    writeFileSync(file, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}, {level: Loud}]\n');
    expect(() => loadPolicy(file)).toThrow(/rules\[1\]\.level: expected one of None.*found "Loud"/);
  });
});

describe('the audit log', () => {
  it('writes who did what, with the bodies that its level asks for', async () => {
    const path = join(folder(), 'audit.log');
    const file = new RotatingFile(path);
    const log = new AuditLog({ rules: [{ level: 'RequestResponse' }] }, file, () => Date.UTC(2026, 0, 1, 0, 0, 1));
    const answer = { status: 201, contentType: 'application/json', body: '{"kind":"Pod","spec":{}}' };
    log.completed(
      exchange('/api/v1/namespaces/shop/pods', {
        method: 'POST',
        target: pods,
        status: 201,
        body: Buffer.from('{"kind":"Pod"}'),
        answer,
      }),
    );
    await file.close();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'RequestResponse',
      stage: 'ResponseComplete',
      verb: 'create',
      user: { username: 'ann' },
      objectRef: { resource: 'pods', namespace: 'shop', name: 'web', apiVersion: 'v1' },
      responseStatus: { code: 201 },
      requestObject: { kind: 'Pod' },
      responseObject: { kind: 'Pod', spec: {} },
      requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
      stageTimestamp: '2026-01-01T00:00:01.000000Z',
    });
  });

  it('names both users of an impersonated request', async () => {
    const path = join(folder(), 'audit.log');
    const file = new RotatingFile(path);
    const request = exchange('/api/v1/pods', { target: pods, caller: { name: 'bob', groups: [] } });
    new AuditLog({ rules: [{ level: 'Metadata' }] }, file, Date.now).completed(request);
    await file.close();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      user: { username: 'ann' },
      impersonatedUser: { username: 'bob' },
    });
  });

  it('says nothing of heartbeats by default', () => {
    const lease = {
      verb: 'update',
      group: 'coordination.k8s.io',
      version: 'v1',
      plural: 'leases',
      name: 'n1',
    } as const;
    expect(judge(DEFAULT_POLICY, exchange('/x', { target: lease })).level).toBe('None');
    expect(judge(DEFAULT_POLICY, exchange('/x', { target: pods })).level).toBe('Metadata');
  });
});

describe('a rotating file', () => {
  it('keeps every line in order over its files, and only so many files', async () => {
    const dir = folder();
    let now = Date.UTC(2026, 0, 1);
    const file = new RotatingFile(join(dir, 'audit.log'), { maxBytes: 60, keep: 2, now: () => (now += 1000) });
    for (let i = 0; i < 8; i++) {
      file.write(`line ${i} ${'x'.repeat(30)}`);
      await file.close();
    }
    const names = readdirSync(dir).sort();
    expect(names).toHaveLength(3);
    const text = [...names.filter((n) => n !== 'audit.log'), 'audit.log']
      .map((n) => readFileSync(join(dir, n), 'utf8'))
      .join('');
    expect(text.match(/line \d/g)).toEqual(['line 5', 'line 6', 'line 7']);
  });
});
