/** What `jdos up` and `jdos controllers` run for hosts: their lives, and the maintenance that people ask for. */
import { runHostCommand, SIMULATED } from '../../fleet/index.ts';
import { isConditionTrue, type KubeClient, NODES } from '../../kube/index.ts';
import { type InspectHost, type RepairShop, runMaintenance } from '../../maintenance/index.ts';
import { startNodeLifecycle } from '../../nodes/index.ts';
import { openRecords } from '../../records/index.ts';
import type { ComponentContext } from '../components.ts';

export async function startHosts(context: ComponentContext): Promise<void> {
  const { client, signal, clock, onError } = context;
  if (!context.records) return;
  const records = await openRecords(context.records);
  await startNodeLifecycle({
    client,
    records,
    signal,
    clock,
    onError: (error, host) => onError?.('hosts', host, error),
  });
  const running = runMaintenance({
    client,
    records,
    signal,
    clock,
    inspect: inspectThrough(client),
    shop: shopThrough(client),
    onError: (error, id) => onError?.('maintenance', id, error),
  });
  const close = () => records.close();
  void running.then(close, close);
}

/** What the API server knows of the host. */
function inspectThrough(client: KubeClient): InspectHost {
  return async (host, signal) => {
    const node = await client.get(NODES, host, { signal });
    const bad = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'].filter((type) =>
      isConditionTrue(node, type),
    );
    const ready = isConditionTrue(node, 'Ready');
    return [
      {
        check: 'node.ready',
        level: ready ? 'info' : 'error',
        message: ready ? 'the kubelet reports Ready' : 'the kubelet does not report Ready',
      },
      ...bad.map((type) => ({ check: 'node.pressure', level: 'alarm' as const, message: type })),
    ];
  };
}

/** Simulated hosts understand some commands; there is no way to any other host yet. */
function shopThrough(client: KubeClient): RepairShop {
  return {
    async run(host, command) {
      const { metadata } = await client.get(NODES, host);
      if (metadata.labels?.[SIMULATED] === 'true') return runHostCommand(client, host, command);
      return { code: 255, output: `no way to run commands on ${host} is configured` };
    },
  };
}
