/**
 * Something to see on a fleet that is started for the first time: applications, a release that waits for approval, a host
 * with a fault, and an inspection that finds it. Begun once for each data directory; when it was interrupted the next start
 * goes on. Each step looks whether it is done, and what somebody has taken away or changed meanwhile stays as it is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { FAULT_NAMESPACE, makeFault } from '../../fleet/index.ts';
import { clusterScope, createRun, TIMEOUT_SECONDS } from '../../inspection/index.ts';
import {
  type Clock,
  CONFIG_MAPS,
  DEPLOYMENTS,
  type Draft,
  isStatus,
  type KubeClient,
  type KubeObject,
  NAMESPACES,
  NODES,
  type ResourceType,
  sleep,
  systemClock,
} from '../../kube/index.ts';
import { appendAudit, type Records } from '../../records/index.ts';
import { GROUPS, type Group, RELEASES } from '../../resources/index.ts';
import { EXAMPLES_MARK } from './examples-desk.ts';

export interface ExamplesOptions {
  readonly client: KubeClient;
  readonly records: Records;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

const EXAMPLES_NAMESPACE = 'demo';

const TYPES: readonly ResourceType[] = [NAMESPACES, GROUPS, DEPLOYMENTS, RELEASES];
const RELEASED = { group: 'web', from: 'nginx:1.28', to: 'nginx:1.29' };
const LOOK_MS = 500;
const PATIENCE_MS = 120_000;

export async function layExamples({ client, records, signal, clock = systemClock }: ExamplesOptions): Promise<void> {
  await ensure(client, CONFIG_MAPS, { metadata: { ...EXAMPLES_MARK }, data: { state: 'begun' } });
  for (const object of examples()) await ensure(client, typeOf(object), object);
  await breakHost(client);
  await inspectOnce(client, records, clock);
  await release(client, clock, signal);
  await client.patch(
    CONFIG_MAPS,
    EXAMPLES_MARK.name,
    { kind: 'merge', body: { data: { state: 'done' } } },
    EXAMPLES_MARK,
  );
}

function examples(): Draft<KubeObject>[] {
  const text = readFileSync(join(import.meta.dirname, 'examples.yaml'), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as Draft<KubeObject>);
}

function typeOf({ kind }: Draft<KubeObject>): ResourceType {
  const type = TYPES.find((one) => one.kind === kind);
  if (!type) throw new Error(`no type for ${kind}`);
  return type;
}

async function ensure<T extends KubeObject>(client: KubeClient, type: ResourceType<T>, object: Draft<T>) {
  try {
    await client.create(type, object);
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists')) throw error;
  }
}

async function breakHost(client: KubeClient): Promise<void> {
  const { items } = await client.list(NODES, { limit: 8 });
  const host = items.at(-1)?.metadata.name;
  if (!host) return;
  await ensure(client, NAMESPACES, { metadata: { name: FAULT_NAMESPACE }, spec: {} });
  const wish = { name: 'example', parameters: { limit: 'cpu' } };
  await ensure(client, CONFIG_MAPS, makeFault('limit-lost', { hosts: [host] }, wish));
}

/** Its number in time makes it one run, however often it is asked for. */
async function inspectOnce(client: KubeClient, records: Records, clock: Clock): Promise<void> {
  const now = clock.now();
  const scope = await clusterScope(client, {});
  const run = { by: 'jdos', plan: 'example', dueAt: 0, now, timeoutMs: TIMEOUT_SECONDS * 1000, spec: {} };
  const made = await createRun(records, run, scope);
  if (!made) return;
  const detail = { hosts: scope.length };
  await appendAudit(records, {
    at: now,
    actor: 'jdos',
    action: 'inspection.run',
    object: `inspection/${made.id}`,
    detail,
  });
}

/** When all Pods serve, the template changes, and the Release takes it up. */
async function release(client: KubeClient, clock: Clock, signal: AbortSignal): Promise<void> {
  const group = await settled(client, clock, signal);
  const [container] = group?.spec.template.spec.containers ?? [];
  if (!group || container?.image !== RELEASED.from) return;
  const { resourceVersion } = group.metadata;
  const containers = [{ ...container, image: RELEASED.to }];
  const body = { metadata: { resourceVersion }, spec: { template: { spec: { containers } } } };
  try {
    await client.patch(GROUPS, RELEASED.group, { kind: 'merge', body }, { namespace: EXAMPLES_NAMESPACE });
  } catch (error) {
    // Its status has moved in this moment, or somebody is at it: look again.
    if (!isStatus(error, 'Conflict')) throw error;
    await release(client, clock, signal);
  }
}

/** Undefined when it is gone, or does not come to rest. */
async function settled(client: KubeClient, clock: Clock, signal: AbortSignal): Promise<Group | undefined> {
  for (const end = clock.now() + PATIENCE_MS; clock.now() < end; await sleep(clock, LOOK_MS, signal)) {
    const { items } = await client.list(GROUPS, { namespace: EXAMPLES_NAMESPACE });
    const group = items.find(({ metadata }) => metadata.name === RELEASED.group);
    if (!group) return undefined;
    if (group.status?.readyReplicas === group.spec.replicas && group.status.updateRevision) return group;
  }
  return undefined;
}
