/** One host, now: asked and judged, nothing kept. */
import { type Clock, systemClock } from '../kube/index.ts';
import { ask } from './ask.ts';
import type { Exemption } from './exemption.ts';
import { type Judgement, judge } from './judge.ts';
import type { HostMemory } from './memory.ts';
import type { Reach } from './reach.ts';
import { NO_SETTINGS, type Settings } from './settings.ts';
import type { Subject } from './subject.ts';

export interface InspectOptions {
  readonly reach: Reach;
  readonly settings?: Settings;
  /** What the judgement before has remembered; without it nothing is said of growth. */
  readonly memory?: HostMemory;
  readonly exemptions?: readonly Exemption[];
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** @default 30 s */
  readonly timeoutMs?: number;
}

export async function inspectHost(subject: Subject, options: InspectOptions): Promise<Judgement> {
  const { reach, settings = NO_SETTINGS, memory, exemptions = [], clock = systemClock } = options;
  const { signal, timeoutMs } = options;
  const asked = await ask(reach(subject), subject, {
    clock,
    ...(signal && { signal }),
    ...(timeoutMs && { timeoutMs }),
  });
  return judge(asked.subject, asked.answer, { now: clock.now(), settings, exemptions, ...(memory && { memory }) });
}
