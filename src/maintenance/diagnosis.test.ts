import { expect, test } from 'vitest';
import type { Node } from '../kube/index.ts';
import { RACK } from '../nodes/index.ts';
import { diagnose } from './diagnosis.ts';
import { rackCause } from './rails/rack-cause.ts';

const nothing = { verdict: undefined, findings: [], rack: undefined, pressures: [] };
const node = (name: string, rack: string, ready: boolean) =>
  ({
    metadata: { name, labels: { [RACK]: rack } },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
  }) as unknown as Node;

test('E17 when half of a rack is silent and the rest is not, the cause is the rack and no drain is proposed', () => {
  const nodes = [
    ...Array.from({ length: 6 }, (_, i) => node(`a${i}`, 'r1', i > 2)),
    ...Array.from({ length: 50 }, (_, i) => node(`b${i}`, 'r2', true)),
  ];
  const rack = rackCause(nodes[0]!, nodes);
  expect(rack).toEqual({ rack: 'r1', silent: 3, hosts: 6 });
  const [first, ...others] = diagnose({ ...nothing, verdict: 'NodeDown', rack });
  expect(first).toMatchObject({ drain: false, reason: { zh: expect.stringContaining('r1') } });
  expect(others).toEqual([]);
  expect(rackCause(nodes[10]!, nodes)).toBeUndefined();
});

test('when hosts are silent everywhere it is not the rack', () => {
  const nodes = [
    ...Array.from({ length: 6 }, (_, i) => node(`a${i}`, 'r1', i > 2)),
    ...Array.from({ length: 20 }, (_, i) => node(`b${i}`, 'r2', i > 5)),
  ];
  expect(rackCause(nodes[0]!, nodes)).toBeUndefined();
});

test('a dead kubelet is restarted and its Pods are left where they are', () => {
  expect(diagnose({ ...nothing, verdict: 'AgentDown' })[0]).toMatchObject({ repair: 'restart-kubelet', drain: false });
});

test('findings are ranked by how bad they are, and what is healthy or unknown is no cause', () => {
  const finding = (check: string, level: 'error' | 'alarm' | 'warn' | 'info' | 'unknown') => ({
    check,
    level,
    message: 'x',
  });
  const causes = diagnose({
    ...nothing,
    findings: [
      finding('time.offset', 'warn'),
      finding('disk.export', 'error'),
      finding('load', 'info'),
      finding('fstab', 'unknown'),
    ],
  });
  expect(causes.map(({ repair }) => repair)).toEqual(['clean-disk', 'resync-time']);
});
