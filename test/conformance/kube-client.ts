/** What our client, informer and controller runtime need of a Kubernetes API: the same on any that serves one. */

import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Clock,
  type ClusterTarget,
  CONFIG_MAPS,
  Controller,
  EVENTS,
  EventRecorder,
  Informer,
  InformerSet,
  isStatus,
  KubeClient,
  type KubeObject,
  keyOf,
  LEASES,
  LeaderElection,
  NAMESPACES,
  NODES,
  PODS,
  systemClock,
} from '../../src/kube/index.ts';

/** Waits are fifty times shorter than in life. */
const hasty: Clock = { now: () => systemClock.now() * 50, after: (ms, then) => systemClock.after(ms / 50, then) };

/** Passes connections on until told to cut them. */
class Cutter {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #open = true;

  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#server = createServer((near) => {
      if (!this.#open) return near.destroy();
      const far = dial(Number(port), hostname);
      for (const [a, b] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(a);
        a.on('error', () => b.destroy());
        a.on('close', () => {
          this.#sockets.delete(a);
          b.destroy();
        });
        a.pipe(b);
      }
      return undefined;
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#open = false;
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function kubeClientBehaviour(
  title: string,
  start: () => Promise<{ target: ClusterTarget; stop(): Promise<void> }>,
) {
  describe(title, () => {
    let target: ClusterTarget;
    let stop: () => Promise<void>;
    let client: KubeClient;
    let serial = 0;

    beforeAll(async () => {
      ({ target, stop } = await start());
      client = new KubeClient(target);
    });

    afterAll(async () => {
      await client?.close();
      await stop?.();
    });

    async function freshNamespace(): Promise<string> {
      const name = `kube-client-${++serial}`;
      await client.create(NAMESPACES, { metadata: { name }, spec: {} });
      return name;
    }

    const draft = (namespace: string, name: string, data: Record<string, string> = {}, labels = {}) => ({
      metadata: { namespace, name, labels },
      data,
    });

    /** Resolves when the informer's copy is as wanted. */
    function reached(informer: Informer<KubeObject>, wanted: () => boolean): Promise<void> {
      return new Promise((resolve) => {
        const look = () => {
          if (!wanted()) return;
          off();
          resolve();
        };
        let off = () => {};
        off = informer.onChange({ add: look, update: look, delete: look });
        look();
      });
    }

    for (const http2 of [true, false]) {
      it(`every verb works over ${http2 ? 'HTTP/2' : 'HTTP/1.1'}`, async () => {
        const over = new KubeClient(target, { http2 });
        const namespace = await freshNamespace();
        const made = await over.create(CONFIG_MAPS, draft(namespace, 'a', { k: '1' }), { fieldManager: 'tester' });
        expect(made).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace } });
        expect((await over.get(CONFIG_MAPS, 'a', { namespace })).data).toEqual({ k: '1' });

        const replaced = await over.replace(CONFIG_MAPS, { ...made, data: { k: '2' } });
        expect(replaced.metadata.resourceVersion).not.toBe(made.metadata.resourceVersion);
        const stale = await over.replace(CONFIG_MAPS, made).catch((error: unknown) => error);
        expect(isStatus(stale, 'Conflict')).toBe(true);

        const json = [{ op: 'add', path: '/data/j', value: 'x' }];
        const patched = await over.patch(CONFIG_MAPS, 'a', { kind: 'json', body: json }, { namespace });
        expect(patched.data).toEqual({ k: '2', j: 'x' });
        const merge = { data: { k: null, m: 'y' } };
        const merged = await over.patch(CONFIG_MAPS, 'a', { kind: 'merge', body: merge }, { namespace });
        expect(merged.data).toEqual({ j: 'x', m: 'y' });
        const strategic = { kind: 'strategic' as const, body: { data: { s: 'z' } } };
        const dry = await over.patch(CONFIG_MAPS, 'a', strategic, { namespace, dryRun: true });
        expect(dry.data).toEqual({ j: 'x', m: 'y', s: 'z' });
        expect((await over.get(CONFIG_MAPS, 'a', { namespace })).data).toEqual({ j: 'x', m: 'y' });

        const twice = await over.create(CONFIG_MAPS, draft(namespace, 'a')).catch((error: unknown) => error);
        expect(isStatus(twice, 'AlreadyExists')).toBe(true);
        const preconditions = { uid: 'another' };
        const other = await over.delete(CONFIG_MAPS, 'a', { namespace, preconditions }).catch((e: unknown) => e);
        expect(isStatus(other, 'Conflict')).toBe(true);
        await over.delete(CONFIG_MAPS, 'a', { namespace, preconditions: { uid: made.metadata.uid } });
        const gone = await over.get(CONFIG_MAPS, 'a', { namespace }).catch((error: unknown) => error);
        expect(isStatus(gone, 'NotFound')).toBe(true);

        for (const name of ['x', 'y']) await over.create(CONFIG_MAPS, draft(namespace, name, {}, { drop: 'yes' }));
        await over.deleteCollection(CONFIG_MAPS, { namespace, labelSelector: 'drop=yes' });
        expect((await over.list(CONFIG_MAPS, { namespace, labelSelector: 'drop' })).items).toEqual([]);
        await over.close();
      });
    }

    it('creates, binds and evicts through subresources', async () => {
      const namespace = await freshNamespace();
      const node = `${namespace}-node`;
      await client.create(NODES, { metadata: { name: node }, spec: {} });
      const spec = { containers: [{ name: 'c', image: 'i' }], automountServiceAccountToken: false };
      const token = { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: 'default', namespace } };
      await client.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(token),
      });
      await client.create(PODS, { metadata: { namespace, name: 'p' }, spec });
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'p' },
        target: { kind: 'Node', name: node },
      };
      await client.createSubresource(PODS, 'p', 'binding', binding, { namespace });
      const bound = await client.get(PODS, 'p', { namespace });
      expect(bound.spec.nodeName).toBe(node);
      const running = { ...bound, status: { ...bound.status, phase: 'Running' } };
      expect((await client.replace(PODS, running, { subresource: 'status' })).status?.phase).toBe('Running');
      await client.delete(PODS, 'p', { namespace, gracePeriodSeconds: 0 });
      await client.delete(NODES, node);
    });

    it('reads a list in pages of one snapshot, whatever is written meanwhile', async () => {
      const namespace = await freshNamespace();
      const names = Array.from({ length: 25 }, (_, i) => `o-${String(i).padStart(2, '0')}`);
      for (const name of names) await client.create(CONFIG_MAPS, draft(namespace, name));
      const seen: string[] = [];
      for await (const { metadata } of client.listAll(CONFIG_MAPS, { namespace, limit: 10, labelSelector: '!kind' })) {
        if (seen.length === 0) await client.create(CONFIG_MAPS, draft(namespace, 'zz-late'));
        if (metadata.name.startsWith('o-') || metadata.name === 'zz-late') seen.push(metadata.name);
      }
      expect(seen).toEqual(names);
    });

    it('ends a watch when its time is up', async () => {
      const namespace = await freshNamespace();
      const { metadata } = await client.list(CONFIG_MAPS, { namespace });
      const { resourceVersion } = metadata;
      const events = [];
      for await (const event of client.watch(CONFIG_MAPS, { namespace, resourceVersion, timeoutSeconds: 1 })) {
        events.push(event.type);
      }
      expect(events.filter((type) => type === 'DELETED')).toEqual([]);
    });

    it('says 410 for a version from before the start of time', async () => {
      const watch = async () => {
        for await (const event of client.watch(PODS, { resourceVersion: '1', timeoutSeconds: 1 })) return event;
        return undefined;
      };
      const outcome = await watch().catch((error: unknown) => error);
      if (outcome instanceof Error) expect(isStatus(outcome, 'Expired', 'Gone')).toBe(true);
    });

    for (const streaming of [true, false]) {
      it(`an informer's copy follows every change through broken connections (streaming ${streaming})`, async () => {
        const namespace = await freshNamespace();
        const cutter = new Cutter(target.server);
        const shaky = new KubeClient({ ...target, server: await cutter.listen() });
        const end = new AbortController();
        const informer = new Informer(shaky, CONFIG_MAPS, { namespace, streaming, clock: hasty });
        const told = new Map<string, string>();
        const faults: string[] = [];
        informer.onChange({
          add(o) {
            if (told.has(keyOf(o))) faults.push(`added twice: ${keyOf(o)}`);
            told.set(keyOf(o), o.metadata.resourceVersion);
          },
          update(o, old) {
            if (told.get(keyOf(o)) !== old.metadata.resourceVersion) faults.push(`gap before ${keyOf(o)}`);
            told.set(keyOf(o), o.metadata.resourceVersion);
          },
          delete(o) {
            if (!told.delete(keyOf(o))) faults.push(`deleted twice: ${keyOf(o)}`);
          },
        });
        informer.start(end.signal);
        await informer.synced();
        for (let i = 0; i < 120; i++) {
          const name = `o-${(i * 7) % 20}`;
          const known = await client.get(CONFIG_MAPS, name, { namespace }).catch(() => undefined);
          if (!known) await client.create(CONFIG_MAPS, draft(namespace, name, { i: `${i}` }));
          else if (i % 3 === 0) await client.delete(CONFIG_MAPS, name, { namespace });
          else await client.patch(CONFIG_MAPS, name, { kind: 'merge', body: { data: { i: `${i}` } } }, { namespace });
          if (i % 17 === 0) cutter.cut();
        }
        await client.create(CONFIG_MAPS, draft(namespace, 'last'));
        await reached(informer, () => informer.get(`${namespace}/last`) !== undefined);
        const { items } = await client.list(CONFIG_MAPS, { namespace });
        const state = new Map(items.map((o) => [keyOf(o), o.metadata.resourceVersion]));
        expect(told).toEqual(state);
        expect(new Map([...informer.list()].map((o) => [keyOf(o), o.metadata.resourceVersion]))).toEqual(state);
        expect(faults).toEqual([]);
        end.abort();
        await shaky.close();
        await cutter.close();
      });
    }

    it('an informer with a selector sees objects enter and leave', async () => {
      const namespace = await freshNamespace();
      const end = new AbortController();
      const informer = new Informer(client, CONFIG_MAPS, { namespace, labelSelector: 'in=yes' });
      informer.start(end.signal);
      await informer.synced();
      await client.create(CONFIG_MAPS, draft(namespace, 'a', {}, { in: 'no' }));
      const label = (value: string) => ({ kind: 'merge' as const, body: { metadata: { labels: { in: value } } } });
      await client.patch(CONFIG_MAPS, 'a', label('yes'), { namespace });
      await reached(informer, () => informer.size === 1);
      await client.patch(CONFIG_MAPS, 'a', label('no'), { namespace });
      await reached(informer, () => informer.size === 0);
      end.abort();
    });

    it('a controller brings what is to what should be', async () => {
      const namespace = await freshNamespace();
      const end = new AbortController();
      const informers = new InformerSet(client);
      const maps = informers.of(CONFIG_MAPS, { namespace, labelSelector: 'controlled' });
      const controller = new Controller({
        name: 'doubler',
        concurrency: 4,
        reconcile: async (key) => {
          const map = maps.get(key);
          if (!map?.data?.n || map.data.twice === String(Number(map.data.n) * 2)) return;
          await client.replace(CONFIG_MAPS, { ...map, data: { ...map.data, twice: String(Number(map.data.n) * 2) } });
        },
      });
      const enqueue = (o: KubeObject) => controller.enqueue(keyOf(o));
      maps.onChange({ add: enqueue, update: enqueue });
      informers.start(end.signal);
      await informers.synced();
      const ended = controller.start(end.signal);
      const all = Array.from({ length: 30 }, (_, i) => `o-${i}`);
      await Promise.all(
        all.map((name, i) => client.create(CONFIG_MAPS, draft(namespace, name, { n: `${i}` }, { controlled: '1' }))),
      );
      await reached(maps, () => [...maps.list()].filter((o) => o.data?.twice !== undefined).length === all.length);
      end.abort();
      await ended;
    });

    it('one of two leads, and the other takes over', async () => {
      const namespace = await freshNamespace();
      const lease = { namespace, name: 'leader' };
      const [first, second] = [new AbortController(), new AbortController()];
      const errors: unknown[] = [];
      const tokens: number[] = [];
      const runs: Promise<void>[] = [];
      const lead = (identity: string, signal: AbortSignal) =>
        new Promise<void>((led) => {
          const onError = (error: unknown) => errors.push(error);
          const election = new LeaderElection(client, { lease, identity, clock: hasty, onError });
          const run = election.run(signal, async (fence, own) => {
            tokens.push(fence.token);
            led();
            await new Promise((resolve) => own.addEventListener('abort', resolve));
          });
          runs.push(run);
        });
      await lead('one', first.signal);
      const taken = lead('two', second.signal);
      expect((await client.get(LEASES, 'leader', { namespace })).spec.holderIdentity).toBe('one');
      first.abort();
      await taken;
      expect(tokens[1]).toBeGreaterThan(tokens[0]!);
      second.abort();
      await Promise.all(runs);
      expect((await client.get(LEASES, 'leader', { namespace })).spec.holderIdentity).toBeFalsy();
      expect(errors).toEqual([]);
    });

    it('events are written, and counted', async () => {
      const namespace = await freshNamespace();
      const object = await client.create(CONFIG_MAPS, draft(namespace, 'a'));
      const errors: unknown[] = [];
      const recorder = new EventRecorder(client, 'tester', { onError: (error) => errors.push(error) });
      for (let i = 0; i < 3; i++) recorder.event(object, 'Warning', 'Tested', 'it was tested');
      await recorder.flush();
      expect(errors).toEqual([]);
      const { items } = await client.list(EVENTS, { namespace });
      expect(items.filter((event) => event.reason === 'Tested')).toMatchObject([
        { count: 3, message: 'it was tested' },
      ]);
    });
  });
}
