/** What a node's agent does for the plugin on its host, whatever carries question and answer. */
import { type Clock, type KubeClient, sleep } from '../../kube/index.ts';
import { IP_POOLS } from '../../resources/index.ts';
import { CniError, failure, result, SUPPORTED } from './answer.ts';
import type { Attachments } from './attachments.ts';
import { attachmentKey, type CniRequest, parseRequest } from './request.ts';
import type { Texts } from './spool.ts';
import { Turns } from './turns.ts';

export interface NodeAgentOptions {
  readonly client: Pick<KubeClient, 'list' | 'get'>;
  readonly clock: Clock;
  /** Name of the Node that it works for. */
  readonly node: string;
  readonly attachments: Attachments;
  /** DELs that the API has not seen yet; the plugin adds to it while no agent answers. */
  readonly pending: Texts;
  /** ADDs that were answered, so that GC knows what there is. */
  readonly journal: Texts;
  readonly onError?: (error: unknown) => void;
}

export interface Reply {
  readonly ok: boolean;
  readonly text: string;
}

const LOOK_MS = 5000;
const RETRY_MS = 1000;
const STATUS_MS = 5000;

export class NodeAgent {
  readonly #o: NodeAgentOptions;
  readonly #turns = new Turns();
  #draining: Promise<void> | undefined;

  constructor(options: NodeAgentOptions) {
    this.#o = options;
  }

  /** Never throws: what goes wrong is part of the answer. */
  async answer(text: string): Promise<Reply> {
    try {
      const done = await this.#carryOut(parseRequest(text), text);
      return { ok: true, text: done ? `${JSON.stringify(done)}\n` : '' };
    } catch (error) {
      if (!(error instanceof CniError)) this.#o.onError?.(error);
      return { ok: false, text: `${JSON.stringify(failure(error))}\n` };
    }
  }

  /** Works off what is pending, now and then and whenever something comes, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.drain();
      await sleep(this.#o.clock, LOOK_MS, signal).catch(() => {});
    }
  }

  /** Resolves when nothing that was pending at the call has been left untried. */
  async drain(): Promise<void> {
    await this.#draining;
    this.#draining ??= this.#drainAll().finally(() => (this.#draining = undefined));
    return this.#draining;
  }

  async #carryOut(request: CniRequest, text: string): Promise<object | undefined> {
    const { cniVersion } = request.config;
    if (!SUPPORTED.includes(cniVersion))
      throw new CniError('version', `cniVersion ${cniVersion}: expected one of ${SUPPORTED.join(', ')}`);
    switch (request.command) {
      case 'ADD':
        return this.#turns.take(podKey(request), () => this.#add(request, text));
      case 'DEL':
        return this.#del(request, text);
      case 'CHECK':
        return this.#turns.take(podKey(request), () => this.#check(request));
      case 'GC':
        return this.#turns.alone(() => this.#gc(request));
      case 'STATUS':
        return this.#status(request);
    }
  }

  async #add(request: CniRequest, text: string): Promise<object> {
    required(request);
    await this.#settlePending(request);
    const { containerID, podUID, namespace, pod, config } = request;
    const { node, attachments, journal } = this.#o;
    const sandbox = { containerID, podUID, namespace, pod, node, network: config.name };
    const where = { ...(config.device && { device: config.device }), ...(config.pool && { defaultPool: config.pool }) };
    const attached = await attachments.attach({ ...sandbox, ...where });
    await journal.put(attachmentKey(request), text);
    return result(config.cniVersion, attached.ips, attached.pool);
  }

  /** An older DEL of the same Pod goes first: after this ADD it would have nothing to say. */
  async #settlePending({ namespace, pod }: CniRequest): Promise<void> {
    for (const [key, request] of await this.#pending())
      if (request.namespace === namespace && request.pod === pod) await this.#finish(key, request);
  }

  /** Done when it is on disk: the end of a Pod waits for no API server. */
  async #del(request: CniRequest, text: string): Promise<undefined> {
    if (!request.containerID) throw new CniError('environment', 'CNI_CONTAINERID is not set');
    await this.#o.pending.put(attachmentKey(request), text);
    void this.drain().catch((error: unknown) => this.#o.onError?.(error));
  }

  async #check(request: CniRequest): Promise<undefined> {
    required(request);
    const { containerID, podUID, namespace, pod, config } = request;
    const sandbox = { containerID, podUID, namespace, pod, node: this.#o.node };
    await this.#o.attachments.check(sandbox, config.previous);
  }

  /** What was attached to this network and is not among the living gets its DEL now. */
  async #gc({ config }: CniRequest): Promise<undefined> {
    if (!config.alive) throw new CniError('config', 'cni.dev/valid-attachments: expected a list');
    for (const key of await this.#o.journal.keys()) {
      const text = await this.#o.journal.read(key);
      if (!text || config.alive.has(key) || parseRequest(text).config.name !== config.name) continue;
      await this.#o.pending.put(key, text);
      await this.#finish(key, parseRequest(text));
    }
  }

  async #status({ config }: CniRequest): Promise<undefined> {
    const signal = AbortSignal.timeout(STATUS_MS);
    try {
      if (!config.pool) return void (await this.#o.client.list(IP_POOLS, { limit: 1, signal }));
      const { status } = await this.#o.client.get(IP_POOLS, config.pool, { signal });
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.status !== 'True')
        throw new CniError('unavailable', `IPPool ${config.pool}: ${ready?.message ?? 'not counted yet'}`);
    } catch (cause) {
      if (cause instanceof CniError) throw cause;
      throw new CniError('unavailable', `the API server cannot be asked: ${String(cause)}`, { cause });
    }
    return undefined;
  }

  async #drainAll(): Promise<void> {
    for (const [key, request] of await this.#pending()) {
      try {
        await this.#turns.take(podKey(request), () => this.#finish(key, request));
      } catch (error) {
        this.#o.onError?.(error);
        this.#o.clock.after(RETRY_MS, () => void this.drain().catch(() => {}));
      }
    }
  }

  /** A file that says nothing sensible can never be carried out; it is told of and dropped. */
  async #pending(): Promise<[string, CniRequest][]> {
    const requests: [string, CniRequest][] = [];
    for (const key of await this.#o.pending.keys()) {
      const text = await this.#o.pending.read(key);
      if (text === undefined) continue;
      try {
        requests.push([key, parseRequest(text)]);
      } catch (error) {
        this.#o.onError?.(error);
        await this.#o.pending.remove(key);
      }
    }
    return requests;
  }

  async #finish(key: string, request: CniRequest): Promise<void> {
    if (request.pod) await this.#o.attachments.detach(request.namespace, request.pod, request.containerID);
    await this.#o.journal.remove(key);
    await this.#o.pending.remove(key);
  }
}

function podKey({ namespace, pod }: CniRequest): string {
  return `${namespace}/${pod}`;
}

function required({ containerID, namespace, pod }: CniRequest): void {
  if (!containerID) throw new CniError('environment', 'CNI_CONTAINERID is not set');
  if (!namespace || !pod)
    throw new CniError(
      'environment',
      'CNI_ARGS: expected K8S_POD_NAMESPACE and K8S_POD_NAME, as a Kubernetes runtime sends them',
    );
}
