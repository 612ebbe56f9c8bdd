/** Asks something of a Release, and waits until its controller has carried it out. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { JdosError } from '../../errors/index.ts';
import { type Clock, type KubeClient, sleep } from '../../kube/index.ts';
import { RELEASES, type Release } from '../../resources/index.ts';
import { formatRequest, REQUEST, type Verb } from './request.ts';

export interface AskReleaseOptions {
  readonly step?: number;
  /** @default 30 */
  readonly patienceSeconds?: number;
  /** @default the system's, with timers that keep the process alive: a command that waits has nothing else that does */
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

const LOOK_MS = 250;

/**
 * The Release as it then is. Another of the same name is not meant: its uid is a condition of the write.
 * @throws JdosError JDOS_ERR_RELEASE when it was ignored, JDOS_ERR_TIMEOUT when nobody came; the request then stands
 */
export async function askRelease(
  client: KubeClient,
  release: Release,
  verb: Verb,
  options: AskReleaseOptions = {},
): Promise<Release> {
  const { name, namespace = '', uid } = release.metadata;
  const text = formatRequest(verb, options.step, randomUUID().slice(0, 8));
  const body = { metadata: { uid, annotations: { [REQUEST]: text } } };
  await client.patch(RELEASES, name, { kind: 'merge', body }, { namespace });
  const after = await carriedOut(client, release, text, options);
  const ignored = after.status?.history?.some(({ event, message }) => event === 'Ignored' && message?.includes(text));
  if (ignored)
    throw new JdosError('JDOS_ERR_RELEASE', {
      detail: `Release ${name} cannot ${verb} now: it is ${after.status?.phase} at step ${after.status?.step ?? '-'}`,
    });
  return after;
}

async function carriedOut(
  client: KubeClient,
  { metadata: { name, namespace = '' } }: Release,
  text: string,
  { patienceSeconds = 30, clock, signal }: AskReleaseOptions,
): Promise<Release> {
  for (let waited = 0; waited < patienceSeconds * 1000; waited += LOOK_MS) {
    const now = await client.get(RELEASES, name, { namespace });
    if (now.metadata.annotations?.[REQUEST] !== text) return now;
    await (clock ? sleep(clock, LOOK_MS, signal) : delay(LOOK_MS, undefined, signal && { signal }));
  }
  const state = 'the request stands at the Release, and is carried out when JDOS’s controllers run';
  throw new JdosError('JDOS_ERR_TIMEOUT', { what: `the request to Release ${name}`, seconds: patienceSeconds, state });
}
