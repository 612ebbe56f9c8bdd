/** `/metrics`: what the API does, under the names that kube-apiserver uses. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Exchange, ExchangeObserver } from '../exchange.ts';
import { isServed } from '../handlers/dispatch.ts';
import type { Plane } from '../plane.ts';
import type { FairQueue } from './fair-queue.ts';

const LABELS = ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'] as const;
type Labels = Record<(typeof LABELS)[number], string>;
const SECONDS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10, 30, 60];
const LONG_RUNNING = new Set(['log', 'exec', 'attach']);

export class ApiMetrics implements ExchangeObserver {
  readonly #registry = new Registry();
  readonly #plane: Plane;
  readonly #now: () => number;
  /** Streams that go on now, under the labels by which they are counted. */
  readonly #open = new Map<Exchange, Labels>();
  readonly #total = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests answered, by verb, resource and HTTP code.',
    labelNames: [...LABELS, 'code', 'dry_run'],
    registers: [this.#registry],
  });
  readonly #duration = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'How long requests took from arrival to the end of the answer; watches and other long ones are not in it.',
    labelNames: [...LABELS],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  readonly #long = new Gauge({
    name: 'apiserver_longrunning_requests',
    help: 'Watches, logs and the like that go on now.',
    labelNames: [...LABELS],
    registers: [this.#registry],
  });

  constructor(plane: Plane, queue: FairQueue) {
    this.#plane = plane;
    this.#now = () => plane.clock.now();
    collectDefaultMetrics({ register: this.#registry });
    const registers = [this.#registry];
    new Gauge({
      name: 'apiserver_resource_objects',
      help: 'Objects stored, by resource.',
      labelNames: ['group', 'resource'],
      registers,
      collect() {
        for (const definition of plane.registry.all()) {
          const { group, plural: resource, storedAs } = definition;
          if (!storedAs) this.set({ group, resource }, plane.collection(definition).size);
        }
      },
    });
    gauge(
      registers,
      'apiserver_current_inflight_requests',
      'Requests that run now, watches aside.',
      () => queue.running,
    );
    gauge(registers, 'apiserver_current_inqueue_requests', 'Requests that wait for their turn.', () => queue.waiting);
    gauge(
      registers,
      'apiserver_flowcontrol_rejected_requests',
      'Requests sent away because their user had too many waiting.',
      () => queue.rejected,
    );
    gauge(registers, 'apiserver_storage_revision', 'The newest revision that readers see.', () => plane.store.revision);
  }

  streaming(exchange: Exchange): void {
    const labels = this.#labelsOf(exchange);
    this.#open.set(exchange, labels);
    this.#long.inc(labels);
  }

  completed(exchange: Exchange): void {
    const begun = this.#open.get(exchange);
    const labels = begun ?? this.#labelsOf(exchange);
    const dryRun = exchange.url.searchParams.getAll('dryRun').includes('All') ? 'All' : '';
    this.#total.inc({ ...labels, code: String(exchange.status ?? 0), dry_run: dryRun });
    if (begun) this.#long.dec(begun);
    else if (!isLong(exchange)) this.#duration.observe(labels, (this.#now() - exchange.receivedAt) / 1000);
    this.#open.delete(exchange);
  }

  /** Only names that are served are told apart: every value is kept for ever, and clients may make up any. */
  #labelsOf({ target, method }: Exchange): Labels {
    const definition = target && this.#plane.registry.find(target.group, target.version, target.plural);
    if (!target || !definition || !isServed(definition, target.subresource))
      return { verb: method, group: '', version: '', resource: '', subresource: '', scope: '', component: 'apiserver' };
    const { verb, group, version, plural, subresource = '', namespace, name } = target;
    const scope = name !== undefined ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster';
    return { verb: VERBS[verb], group, version, resource: plural, subresource, scope, component: 'apiserver' };
  }

  /** In Prometheus' text form. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

function gauge(registers: Registry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}

export function isLong({ target }: Exchange): boolean {
  return target?.verb === 'watch' || LONG_RUNNING.has(target?.subresource ?? '');
}

const VERBS = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
} as const;
