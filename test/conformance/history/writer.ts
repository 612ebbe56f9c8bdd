/** A client that creates, updates, patches and deletes, and notes what it was told. */
import type { Random } from './random.ts';
import type { Kind, Meta, Write } from './record.ts';
import { COLORS } from './selectors.ts';
import type { Answer, Wire } from './wire.ts';
import { collectionPath, KINDS, keyOf, NAMESPACES, type World } from './world.ts';

const NAMES = ['k0', 'k1', 'k2', 'k3', 'k4'];
const FINALIZER = 'history.jdos.test/hold';
const RACERS = 4;

interface Target {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

type Labels = Readonly<Record<string, string | null>>;

export class Writer {
  readonly #world: World;
  readonly #random: Random;
  readonly #name: string;
  readonly #wire: Wire;
  readonly #cutting: number;
  /** Versions seen, by kind and key: what conditional updates start from, stale ones too. */
  readonly #seen = new Map<string, Meta>();
  #serial = 0;

  constructor(world: World, random: Random, name: string) {
    this.#world = world;
    this.#random = random;
    this.#name = name;
    this.#wire = world.wire();
    this.#cutting = random.pick([0, 0.01, 0.05]);
  }

  async run(): Promise<void> {
    while (this.#world.busy) {
      if (this.#world.plane.ready) await this.#step();
      else await this.#world.breathe();
    }
    this.#wire.cut();
  }

  /** Writes, once all is quiet, what every watcher gets to see. */
  async mark(target: Target, labels: Labels): Promise<string> {
    const done = await this.#write('create', target, { labels });
    if (!done.meta) throw new Error(`the marker was refused: ${done.status}`);
    return done.meta.resourceVersion;
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const target = { kind: random.pick(KINDS), namespace: random.pick(NAMESPACES), name: random.pick(NAMES) };
    const known = this.#seen.get(`${target.kind.name} ${target.namespace}/${target.name}`);
    const labels: Labels = { color: random.pick(COLORS), size: random.chance(0.4) ? '1' : null };
    const dice = random.below(100);
    const cut = random.chance(this.#cutting);
    const work = this.#choose(dice, target, labels, known);
    if (cut) setTimeout(() => this.#wire.cut(), random.below(6));
    await work;
  }

  async #choose(dice: number, target: Target, labels: Labels, known: Meta | undefined): Promise<unknown> {
    if (dice < 25) return this.#write('create', target, { labels, hold: this.#random.chance(0.3) });
    if (dice < 35) return this.#write('update', target, { labels, hold: this.#random.chance(0.1) });
    if (dice < 45 && known) return this.#write('update', target, { labels, onlyAt: known.resourceVersion });
    if (dice < 55) return this.#write('patch', target, { labels });
    if (dice < 60 && known) return this.#write('patch', target, { labels, onlyAt: known.resourceVersion });
    if (dice < 65) return this.#apply(target);
    if (dice < 72) return this.#write('patch', target, { labels, release: true });
    if (dice < 76 && known) return this.#write('delete', target, { onlyAt: known.resourceVersion });
    if (dice < 88) return this.#write('delete', target, {});
    if (dice < 93) return this.#race(target);
    return this.#get(target);
  }

  async #write(
    verb: Write['verb'],
    target: Target,
    how: { labels?: Labels; onlyAt?: string; hold?: boolean; release?: boolean },
  ): Promise<Write> {
    const { onlyAt, labels } = how;
    const write = this.#begin(verb, target, onlyAt, labels);
    const path = collectionPath(target.kind, target.namespace);
    const one = `${path}/${target.name}`;
    const annotations = { op: write.id, a: write.id, b: write.id };
    const version = onlyAt !== undefined && { resourceVersion: onlyAt };
    const { apiVersion, kind } = target.kind;
    const shown = Object.fromEntries(Object.entries(labels ?? {}).filter(([, value]) => value !== null));
    const finalizers = how.hold ? [FINALIZER] : [];
    const whole = {
      apiVersion,
      kind,
      metadata: { name: target.name, annotations, labels: shown, finalizers, ...version },
    };
    const part = { metadata: { annotations, labels, ...version, ...(how.release && { finalizers: null }) } };
    const options = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      ...(onlyAt && { preconditions: { resourceVersion: onlyAt } }),
    };
    const merge = { 'content-type': 'application/merge-patch+json' };
    return this.#answered(write, target, () => {
      if (verb === 'create') return this.#wire.request('POST', path, { body: whole });
      if (verb === 'update') return this.#wire.request('PUT', one, { body: whole });
      if (verb === 'patch') return this.#wire.request('PATCH', one, { body: part, headers: merge });
      return this.#wire.request('DELETE', one, { body: options });
    });
  }

  /** Server-side apply: makes the object or changes it. */
  async #apply(target: Target): Promise<Write> {
    const write = this.#begin('apply', target, undefined, undefined);
    const path = `${collectionPath(target.kind, target.namespace)}/${target.name}?fieldManager=${this.#name}&force=true`;
    const { apiVersion, kind } = target.kind;
    const annotations = { op: write.id, a: write.id, b: write.id };
    const body = { apiVersion, kind, metadata: { name: target.name, annotations } };
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    return this.#answered(write, target, () => this.#wire.request('PATCH', path, { body, headers }));
  }

  /** Several updates of one version at once, of an object that only this client writes. */
  async #race({ kind, namespace }: Target): Promise<void> {
    const target = { kind, namespace, name: `race-${this.#name}` };
    const key = `${kind.name} ${namespace}/${target.name}`;
    if (!this.#seen.has(key)) await this.#write('create', target, { labels: { color: 'red' } });
    if (!(await this.#get(target))) return;
    const onlyAt = this.#seen.get(key)?.resourceVersion;
    if (onlyAt === undefined) return;
    const labels = { color: 'blue' };
    const racers = Array.from({ length: RACERS }, () => this.#write('update', target, { labels, onlyAt }));
    const writes = await Promise.all(racers);
    const statuses = writes.map((write) => (write.outcome === 'unknown' ? 'unknown' : write.status!));
    this.#world.history.races.push({ key, onlyAt, statuses });
  }

  /** Was it answered? */
  async #get(target: Target): Promise<boolean> {
    const path = `${collectionPath(target.kind, target.namespace)}/${target.name}`;
    const key = `${target.kind.name} ${target.namespace}/${target.name}`;
    try {
      const { status, body } = await this.#wire.request('GET', path);
      if (status === 200) this.#seen.set(key, body.metadata);
      else if (status === 404) this.#seen.delete(key);
      else this.#world.history.oddities.push(`GET ${path} was answered ${status}: ${body?.message}`);
      return true;
    } catch {
      this.#wire.cut();
      return false;
    }
  }

  #begin(verb: Write['verb'], target: Target, onlyAt: string | undefined, labels: Labels | undefined): Write {
    const write: Write = {
      id: `${this.#name}-${++this.#serial}`,
      client: this.#name,
      kind: target.kind.name,
      key: `${target.namespace}/${target.name}`,
      verb,
      ...(onlyAt !== undefined && { onlyAt }),
      ...(labels && { color: labels.color! }),
      began: this.#world.tick(),
      outcome: 'unknown',
    };
    this.#world.history.writes.push(write);
    return write;
  }

  async #answered(write: Write, { kind }: Target, send: () => Promise<Answer>): Promise<Write> {
    try {
      const { status, body } = await send();
      write.ended = this.#world.tick();
      write.status = status;
      write.outcome = status < 300 ? 'ok' : status < 500 ? 'refused' : 'unknown';
      if (status >= 500) this.#world.history.oddities.push(`${write.id} was answered ${status}: ${body?.message}`);
      if (status < 300 && body.kind === 'Status') write.goneUid = body.details.uid;
      else if (status < 300) {
        write.meta = body.metadata as Meta;
        this.#seen.set(`${kind.name} ${keyOf(write.meta)}`, write.meta);
      }
    } catch {
      write.ended = this.#world.tick();
      this.#wire.cut();
      await this.#world.breathe();
    }
    return write;
  }
}
