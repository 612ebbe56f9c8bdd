/** Registers hosts that are not there yet. */
import { type Draft, isStatus, type KubeClient, NODES, type Node } from '../kube/index.ts';

export interface EnsureHostsOptions {
  readonly signal?: AbortSignal;
  /** Requests at a time. @default 32 */
  readonly concurrency?: number;
  /** Called after each host, made or found. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Creates those of `hosts` whose name is free and leaves all others alone. Answers how many were made. */
export async function ensureHosts(
  client: Pick<KubeClient, 'create' | 'listAll'>,
  hosts: readonly Draft<Node>[],
  { signal, concurrency = 32, onProgress }: EnsureHostsOptions = {},
): Promise<number> {
  const there = new Set<string>();
  for await (const node of client.listAll(NODES, { ...(signal && { signal }) })) there.add(node.metadata.name);
  const missing = hosts.filter((host) => !there.has(host.metadata.name ?? ''));
  let done = hosts.length - missing.length;
  let made = 0;
  const queue = missing.values();
  const worker = async () => {
    for (const host of queue) {
      signal?.throwIfAborted();
      if (await register(client, host, signal)) made++;
      onProgress?.(++done, hosts.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, missing.length) }, worker));
  return made;
}

async function register(
  client: Pick<KubeClient, 'create'>,
  host: Draft<Node>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await client.create(NODES, host, { fieldManager: 'jdos-fleet', ...(signal && { signal }) });
    return true;
  } catch (error) {
    if (isStatus(error, 'AlreadyExists')) return false;
    throw error;
  }
}
