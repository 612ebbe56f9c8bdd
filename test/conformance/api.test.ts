/** The behaviour of a Kubernetes API, case by case; see target.ts for which one. */
import { afterAll, beforeAll } from 'vitest';
import { createTransport, loadKubeconfig, type Transport } from '../../src/kube/index.ts';
import * as suites from './api/index.ts';
import { suite } from './suite.ts';
import { startTarget, type Target } from './target.ts';

let target: Target;
let transport: Transport;

beforeAll(async () => {
  target = await startTarget();
  const options = { connections: 8, http2: false, timeoutMs: 65_000, streamsPerConnection: 1 };
  transport = createTransport(await loadKubeconfig({ path: target.kubeconfig }), options);
});

afterAll(async () => {
  await transport?.close();
  await target?.stop();
});

for (const [name, cases] of Object.entries(suites)) suite(name, cases, () => transport);
