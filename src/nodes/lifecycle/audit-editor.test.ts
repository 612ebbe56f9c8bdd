import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { userByAuditLog, userIn } from './audit-editor.ts';

const dir = mkdtempSync(join(tmpdir(), 'jdos-audit-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const at = Date.UTC(2026, 0, 1, 8);
const edit = { host: 'h1', manager: 'kubectl-label', at };
const line = (more: object = {}, ms = 300) =>
  JSON.stringify({
    stage: 'ResponseComplete',
    verb: 'patch',
    requestURI: '/api/v1/nodes/h1?fieldManager=kubectl-label',
    user: { username: 'li.wei' },
    objectRef: { resource: 'nodes', name: 'h1' },
    responseStatus: { code: 200 },
    stageTimestamp: new Date(at + ms).toISOString(),
    ...more,
  });

test('an edit is of whom the audit log names, under the manager and in the second of the managed fields', () => {
  expect(userIn([line()], edit)).toBe('li.wei');
  expect(userIn([line(), line({ user: { username: 'wang.fang' } }, 900)], edit)).toBe('wang.fang');
  expect(userIn([line({ impersonatedUser: { username: 'ops' } })], edit)).toBe('ops');
  const agent = { requestURI: '/api/v1/nodes/h1', userAgent: 'kubectl-label/v1 (linux)' };
  expect(userIn([line(agent)], edit)).toBe('li.wei');
});

test.each([
  ['of another program', { requestURI: '/api/v1/nodes/h1?fieldManager=helm' }],
  ['of another host', { objectRef: { resource: 'nodes', name: 'h2' } }],
  ['of the status', { objectRef: { resource: 'nodes', name: 'h1', subresource: 'status' } }],
  ['that was refused', { responseStatus: { code: 409 } }],
  ['that only reads', { verb: 'get' }],
  ['of an earlier time', { stageTimestamp: new Date(at - 1).toISOString() }],
])('a line %s names nobody', (_, more) => {
  expect(userIn(['{"half', line(more)], edit)).toBeUndefined();
});

test('a log that is not there names nobody', async () => {
  const signal = new AbortController().signal;
  const clock = {
    now: () => 0,
    after(_: number, call: () => void) {
      queueMicrotask(call);
      return () => {};
    },
  };
  expect(await userByAuditLog(join(dir, 'none'), clock)(edit, signal)).toBeUndefined();
  const path = join(dir, 'audit.log');
  writeFileSync(path, `${line()}\n`);
  expect(await userByAuditLog(path, clock)(edit, signal)).toBe('li.wei');
});
