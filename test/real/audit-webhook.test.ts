/** The real kube-apiserver sends what it audits to `jdos apilogs receive`, through the receiver's restart. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  AuditQuery,
  type ReceiveEvent,
  receive,
  receiverCredentials,
  writeWebhookConfig,
} from '../../src/apilogs/index.ts';
import { CONFIG_MAPS, KubeClient, loadKubeconfig } from '../../src/kube/index.ts';
import { startRealControlPlane } from './real-control-plane.ts';
import { until } from './until.ts';

const base = mkdtempSync(join(tmpdir(), 'jdos-real-audit-'));
const dir = join(base, 'store');
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** One life of the receiver, on the port that it had before. */
async function started(port: number) {
  const stop = new AbortController();
  const { promise, resolve } = Promise.withResolvers<number>();
  const { token, tls } = await receiverCredentials(base, ['127.0.0.1']);
  const onEvent = (event: ReceiveEvent) => event.kind === 'listening' && resolve(event.port);
  const done = receive({ dir, port, token, tls, everyMs: 500, signal: stop.signal, onEvent });
  const at = await Promise.race([promise, done.then(() => Promise.reject(new Error('it ended')))]);
  const config = join(base, 'webhook.kubeconfig');
  writeWebhookConfig(config, { url: `https://127.0.0.1:${at}/`, ca: tls.cert, token });
  return {
    port: at,
    config,
    async stop() {
      stop.abort();
      await done;
    },
  };
}

async function names(): Promise<string[]> {
  await using query = await AuditQuery.open(dir);
  const { rows } = await query.ask(
    "SELECT name FROM events WHERE resource = 'configmaps' AND verb = 'create' AND starts_with(name, 'told-') ORDER BY 1",
  );
  return rows.map(([name]) => String(name));
}

it('56 58 every request that the API server audits arrives once, also those from while nobody listened', async () => {
  const policy = join(base, 'policy.yaml');
  writeFileSync(
    policy,
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: RequestResponse}]\n',
  );
  let receiver = await started(0);
  const flags = [
    `--audit-policy-file=${policy}`,
    `--audit-webhook-config-file=${receiver.config}`,
    '--audit-webhook-batch-max-wait=1s',
    '--audit-webhook-initial-backoff=1s',
  ];
  const plane = await startRealControlPlane({ controllers: false, apiServerFlags: flags });
  const client = new KubeClient(await loadKubeconfig({ path: plane.kubeconfig }));
  try {
    const tell = (name: string) =>
      client.create(CONFIG_MAPS, { metadata: { name, namespace: 'default' }, data: { secret: 'do-not-keep' } });
    // The namespace is made a moment after the API server is ready.
    await until(() => tell('told-1').catch(() => false), 'the namespace default');
    await until(async () => (await names()).includes('told-1'), 'the first event');
    const { port } = receiver;
    await receiver.stop();
    await tell('told-2');
    receiver = await started(port);
    await tell('told-3');
    await until(async () => (await names()).length >= 3, 'the events from meanwhile');
    expect(await names()).toEqual(['told-1', 'told-2', 'told-3']);
  } finally {
    await client.close();
    await plane.stop();
    await receiver.stop();
  }
});
