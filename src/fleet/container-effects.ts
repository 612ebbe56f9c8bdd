/** What stages can do to a container beyond its status. Each row is one word of the language. */
import { FORGIVEN_MS } from './back-off.ts';
import { type ContainerRecord, startedMs } from './container-record.ts';
import { foundAtStart } from './found-at-start.ts';
import { fullName } from './image.ts';
import type { PodLife } from './pod-life.ts';

type Effect = (record: ContainerRecord, life: PodLife) => void;

export const CONTAINER_EFFECTS: Readonly<Record<string, Effect>> = {
  /** The kubelet begins to fetch the image that the spec names now. */
  startPull: (c) => {
    c.memory.pull = 'pulling';
    c.memory.image = c.spec.image ?? '';
  },
  /** The image is there for the next start. */
  endPull: (c, life) => {
    c.memory.pull = 'pulled';
    c.memory.image = c.spec.image ?? '';
    c.memory.pullFailures = 0;
    life.host.images.add(fullName(c.spec.image ?? ''));
  },
  failPull: (c) => {
    c.memory.pull = 'none';
    c.memory.pullFailures++;
  },
  forgetPull: (c) => {
    c.memory.pull = 'none';
    c.memory.pullFailures = 0;
    c.memory.image = c.spec.image ?? '';
    c.status = { ...c.status, image: c.spec.image ?? '' };
  },
  hold: (c) => {
    c.memory.held = true;
  },
  release: (c) => {
    c.memory.held = false;
  },
  /** It runs: whatever led to the last end is past. */
  begin: (c, life) => {
    Object.assign(c.memory, {
      startedMs: life.now,
      startedAs: c.spec.image ?? '',
      found: foundAtStart(c.spec, life),
      pull: 'none',
      held: false,
      stopping: false,
      replacing: false,
      probeNoted: false,
      livenessFailed: false,
    });
  },
  stop: (c) => {
    c.memory.stopping = true;
  },
  replace: (c) => {
    c.memory.stopping = true;
    c.memory.replacing = true;
  },
  failLiveness: (c) => {
    c.memory.stopping = true;
    c.memory.livenessFailed = true;
  },
  /** One more end that was not asked for; a long run before it makes up for earlier ones. */
  countCrash: (c, life) => {
    const ranMs = life.now - startedMs(c);
    c.memory.crashes = ranMs >= FORGIVEN_MS ? 1 : c.memory.crashes + 1;
    c.memory.endedMs = life.now;
  },
  forgetCrashes: (c) => {
    c.memory.crashes = 0;
    c.memory.image = c.spec.image ?? '';
  },
  endStop: (c, life) => {
    c.memory.stopping = false;
    c.memory.endedMs = life.now;
  },
  /** The end becomes the last state, as the container is to run again. */
  keepLast: (c) => {
    c.status = { ...c.status, lastState: { terminated: c.status.state.terminated } };
  },
  noteProbe: (c) => {
    c.memory.probeNoted = true;
  },
  forgetProbe: (c) => {
    c.memory.probeNoted = false;
  },
};
