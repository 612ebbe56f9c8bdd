/** Makes a Node look as its host's status says; done anew as often as somebody else was quicker. */
import { type Clock, isStatus, type KubeClient, NODES, type Node, sleep, systemClock } from '../../kube/index.ts';
import type { HostBook, HostState } from './host-book.ts';
import type { InventoryHost } from './inventory.ts';
import { nodeConditions, nodePatch } from './node-wish.ts';

export const FIELD_MANAGER = 'jdos-lifecycle';
const ATTEMPTS = 6;
/** The write that was quicker may take as long to be seen. */
const PAUSE_MS = 20;

export interface ApplyHostOptions {
  readonly client: Pick<KubeClient, 'get' | 'patch'>;
  readonly book: Pick<HostBook, 'state'>;
  readonly clock?: Clock;
  readonly inventory?: InventoryHost | undefined;
  /** The Node as it was seen last; read if not given. */
  readonly node?: Node | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Resolves with the Node as it then is; undefined when there is no such Node. The Node is read first and the book after
 * it, and the write holds for that Node only: so of two who apply at once, one with an old page of the book and one with
 * a new one, the new one always has the last word.
 */
export async function applyHost(host: string, options: ApplyHostOptions): Promise<Node | undefined> {
  const { client, book, signal, clock = systemClock } = options;
  let node = options.node;
  for (let attempt = 1; ; attempt++) {
    try {
      node ??= await client.get(NODES, host, { ...(signal && { signal }) });
      const state = await book.state(host);
      return state ? await write(node, state, options) : node;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return undefined;
      if (!isStatus(error, 'Conflict') || attempt === ATTEMPTS) throw error;
      node = undefined;
      await sleep(clock, PAUSE_MS * attempt, signal);
    }
  }
}

async function write(
  seen: Node,
  state: HostState,
  { client, clock = systemClock, inventory, signal }: ApplyHostOptions,
): Promise<Node> {
  const options = { fieldManager: FIELD_MANAGER, ...(signal && { signal }) };
  const patch = nodePatch(seen, state, inventory);
  const node = patch ? await client.patch(NODES, state.host, { kind: 'merge', body: patch }, options) : seen;
  const conditions = nodeConditions(node, state, clock);
  if (conditions.length === 0) return node;
  // Others write conditions of their own all the time; of this list each writes its own entries.
  const body = { metadata: { resourceVersion: node.metadata.resourceVersion }, status: { conditions } };
  return client.patch(NODES, state.host, { kind: 'strategic', body }, { ...options, subresource: 'status' });
}
