/** One run: a plane, its clients, what befalls them, and the quiet at the end in which all must agree. */
import { PlaneProcess } from '../plane-process.ts';
import { Lister, listAll } from './lister.ts';
import { type Random, randomFrom } from './random.ts';
import type { Form, History } from './record.ts';
import { inSight, SELECTORS } from './selectors.ts';
import { Watcher, type WatcherOptions } from './watcher.ts';
import { collectionPath, KINDS, NAMESPACES, World } from './world.ts';
import { Writer } from './writer.ts';

const WRITERS = 5;
const LISTERS = 2;
const WATCHERS = 9;
/** How long a watcher may take to see the last change. */
const PATIENCE_MS = 20_000;
const PATIENCE_STEP_MS = 10;

const MARKERS: readonly { name: string; labels: Readonly<Record<string, string>> }[] = [
  { name: 'marker-1', labels: { color: 'red', size: '1' } },
  { name: 'marker-2', labels: { color: 'green' } },
];

export interface ScenarioOptions {
  readonly seed: number;
  /** How many writes are sent, all in all. @default 400 */
  readonly writes?: number;
}

export async function runScenario({ seed, writes = 400 }: ScenarioOptions): Promise<History> {
  const random = randomFrom(seed);
  // The faster the clock, the sooner history is compacted and the more watchers are told to start again.
  const speed = random.pick([20, 100, 400, 1500]);
  const plane = await PlaneProcess.start({ speed });
  const world = new World(plane, seed);
  try {
    await defineThings(world);
    await play(world, random, writes);
  } finally {
    world.busy = false;
    world.open = false;
    await plane.dispose();
  }
  if (plane.complaints) world.history.oddities.push(`the server complained:\n${plane.complaints.slice(0, 2000)}`);
  return world.history;
}

async function play(world: World, random: Random, writes: number): Promise<void> {
  const witnesses = KINDS.map(
    (kind) => new Watcher(world, random.fork(), `witness-${kind.name}`, { kind, bookmarks: true, witness: true }),
  );
  const watchers = Array.from(
    { length: WATCHERS },
    (_, i) => new Watcher(world, random.fork(), `watcher-${i}`, drawWatcher(random)),
  );
  const writers = Array.from({ length: WRITERS }, (_, i) => new Writer(world, random.fork(), `w${i}`));
  const listers = Array.from({ length: LISTERS }, (_, i) => new Lister(world, random.fork(), `lister-${i}`));
  const all = [...witnesses, ...watchers];
  const watching = all.map((watcher) => watcher.run());
  const working = [...writers, ...listers].map((client) => client.run());
  await befall(world, random, writes);
  world.busy = false;
  await Promise.all(working);
  const marks = await mark(world, random);
  await settled(world, all, marks);
  world.open = false;
  for (const watcher of all) watcher.stop();
  await Promise.all(watching);
}

function drawWatcher(random: Random): WatcherOptions {
  return {
    kind: random.pick(KINDS),
    namespace: random.pick([undefined, ...NAMESPACES]),
    labels: random.pick([undefined, ...Object.keys(SELECTORS)]),
    form: random.pick<Form>(['Object', 'Object', 'Table', 'Metadata']),
    bookmarks: random.chance(0.5),
    streaming: random.chance(0.4),
    cutAfter: random.pick([0, 0, 3, 12]),
    ...(random.chance(0.2) && { timeoutSeconds: 10 }),
  };
}

/** Lets the clients work; at some moments the server is killed or stopped, and comes back. */
async function befall(world: World, random: Random, writes: number): Promise<void> {
  const ends = random.pick([0, 1, 1, 1, 2]);
  for (let i = 0; i <= ends; i++) {
    const share = (writes / (ends + 1)) * (0.6 + random.below(80) / 100);
    const goal = world.history.writes.length + share;
    while (world.history.writes.length < goal) await world.breathe(1);
    if (i === ends) break;
    await world.plane.end(random.chance(0.75) ? 'SIGKILL' : 'SIGTERM');
    await world.plane.restart();
  }
}

interface Mark {
  readonly kind: string;
  readonly meta: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly rev: number;
}

async function mark(world: World, random: Random): Promise<Mark[]> {
  const marks: Mark[] = [];
  const marker = new Writer(world, random.fork(), 'marker');
  for (const kind of KINDS)
    for (const namespace of NAMESPACES)
      for (const { name, labels } of MARKERS) {
        const rev = await marker.mark({ kind, namespace, name }, labels);
        marks.push({ kind: kind.name, meta: { namespace, labels }, rev: Number(rev) });
      }
  const wire = world.wire();
  for (const kind of KINDS) {
    const listing = await listAll(world, wire, 'the last list', { kind });
    world.history.last.push(listing!);
  }
  wire.cut();
  return marks;
}

/** Waits until every watcher has seen the last marker in its sight. */
async function settled(world: World, watchers: readonly Watcher[], marks: readonly Mark[]): Promise<void> {
  const behind = () =>
    watchers.filter((watcher) => {
      const { kind, namespace, labels } = watcher.options;
      const seen = marks.filter((each) => each.kind === kind.name && inSight({ ...each.meta }, namespace, labels));
      return watcher.rev < Math.max(...seen.map((each) => each.rev));
    });
  for (let waited = 0; behind().length > 0 && waited < PATIENCE_MS; waited += PATIENCE_STEP_MS)
    await world.breathe(PATIENCE_STEP_MS);
  for (const watcher of behind())
    world.history.oddities.push(
      `a watcher never saw the last change: ${JSON.stringify(watcher.options)}, at ${watcher.rev}`,
    );
}

/** A kind of its own, so that custom resources take part. */
async function defineThings(world: World): Promise<void> {
  const wire = world.wire();
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.history.jdos.test' },
    spec: {
      group: 'history.jdos.test',
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const { status, body: answer } = await wire.request('POST', path, { body });
  if (status !== 201) throw new Error(`the kind was refused: ${answer?.message}`);
  const things = KINDS.find((kind) => kind.name === 'things')!;
  for (let tries = 0; (await wire.request('GET', collectionPath(things, undefined))).status !== 200; tries++) {
    if (tries > 200) throw new Error('the kind is not served');
    await world.breathe();
  }
  wire.cut();
}
