import { expect, test } from 'vitest';
import { CONFIG_MAPS, type ConfigMap, type ResourceType } from '../kube/index.ts';
import { type FaultTarget, makeFault } from './fault.ts';
import type { FaultKind } from './fault-kind.ts';
import { runHostCommand } from './host-command.ts';
import { SIMULATED } from './names.ts';

function clusterWith(...faults: [FaultKind, FaultTarget][]) {
  const maps = faults.map(([kind, target]) => makeFault(kind, target) as unknown as ConfigMap);
  const client = {
    get: async () => ({ metadata: { name: 'h1', labels: { [SIMULATED]: 'true' } } }) as never,
    async *listAll(type: ResourceType) {
      if (type === CONFIG_MAPS) yield* structuredClone(maps) as never[];
    },
    delete: async (_: ResourceType, name: string) => {
      maps.splice(
        maps.findIndex((map) => map.metadata.name === name),
        1,
      );
      return undefined as never;
    },
    replace: async (_: ResourceType, map: { metadata: { name: string } }) => {
      maps.splice(
        maps.findIndex((one) => one.metadata.name === map.metadata.name),
        1,
        map as ConfigMap,
      );
      return undefined as never;
    },
  };
  return { maps, run: (line: string) => runHostCommand(client, 'h1', line.split(' ')) };
}

test('a command that would mend a fault takes it away from this host, and from no other', async () => {
  const { maps, run } = clusterWith(['kubelet-silent', { hosts: ['h1', 'h2'] }], ['clock-skew', { hosts: ['h1'] }]);
  expect(await run('systemctl restart kubelet')).toMatchObject({ code: 0, output: expect.stringContaining('gone') });
  expect(maps.map((map) => map.data?.hosts)).toEqual(['h2', 'h1']);
  expect((await run('chronyc makestep')).code).toBe(0);
  expect(maps.map((map) => map.data?.hosts)).toEqual(['h2']);
  expect((await run('chronyc makestep')).output).toContain('nothing to mend');
});

test('a fault of many hosts stands, and the command fails', async () => {
  const { maps, run } = clusterWith(['disk-full', { rack: 'r1' }], ['disk-full', {}]);
  expect(await run('crictl rmi --prune')).toMatchObject({ code: 1, output: expect.stringContaining('stands') });
  expect(maps).toHaveLength(2);
});

test('a dead host does not answer, and other commands are not understood', async () => {
  expect((await clusterWith(['host-silent', {}]).run('systemctl reboot')).code).toBe(255);
  expect((await clusterWith().run('rm -rf /')).code).toBe(127);
});
