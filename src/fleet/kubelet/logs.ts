/** What simulated containers have written: few lines, true ones, with their times. */
import type { ServerResponse } from 'node:http';
import { type Clock, sleep } from '../../kube/index.ts';
import type { ContainerStatus } from '../container-record.ts';
import { programOf } from '../program.ts';
import type { ContainerPlace } from './place.ts';

interface Line {
  readonly at: number;
  readonly text: string;
}

/** Follows until the container ends or the reader leaves. */
const FOLLOW_MS = 500;

/** Query as of a kubelet: follow, previous, tailLines, sinceSeconds, sinceTime, timestamps, limitBytes. */
export async function serveLogs(
  place: ContainerPlace,
  query: URLSearchParams,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  const state = query.get('previous') === 'true' ? place.record.status.lastState : place.record.status.state;
  const trouble = whyNoLogs(place, state, query.get('previous') === 'true');
  if (trouble) {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' }).end(trouble);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  const lines = chosen(linesOf(place, state!, clock.now()), query, clock.now());
  const text = lines.map((line) => print(line, query)).join('');
  const limit = Number(query.get('limitBytes')) || Infinity;
  response.write(Buffer.from(text).subarray(0, limit));
  if (query.get('follow') === 'true') await follow(place, query, response, clock);
  response.end();
}

function whyNoLogs(
  { record, resident }: ContainerPlace,
  state: ContainerStatus['lastState'],
  previous: boolean,
): string {
  const { name } = record.spec;
  const pod = resident.life.pod.metadata.name;
  if (previous && !state?.terminated) return `previous terminated container "${name}" in pod "${pod}" not found`;
  const reason = state?.waiting?.reason;
  if (!state?.waiting || record.status.lastState?.terminated) return '';
  return `container "${name}" in pod "${pod}" is waiting to start: ${reason}`;
}

/** A waiting container that has run before shows its last run. */
function linesOf(
  { record, resident }: ContainerPlace,
  state: NonNullable<ContainerStatus['lastState']>,
  now: number,
): Line[] {
  const shown = state.waiting ? (record.status.lastState ?? {}) : state;
  const began = Date.parse(shown.running?.startedAt ?? shown.terminated?.startedAt ?? '');
  const { name, image } = record.spec;
  const lines = [
    { at: began, text: `simulated container ${name} (${image}) on host ${resident.host.name}` },
    { at: began, text: `started, restart ${record.status.restartCount}` },
    ...(programOf(record.spec)?.output ?? []).map(({ atMs, text }) => ({ at: began + atMs, text })),
  ].filter(({ at }) => at <= now);
  if (!shown.terminated) return lines;
  const { exitCode, reason, finishedAt } = shown.terminated;
  return [...lines, { at: Date.parse(finishedAt ?? ''), text: `ended with exit code ${exitCode} (${reason})` }];
}

function chosen(lines: readonly Line[], query: URLSearchParams, now: number): readonly Line[] {
  const seconds = Number(query.get('sinceSeconds'));
  const since = seconds > 0 ? now - seconds * 1000 : Date.parse(query.get('sinceTime') ?? '');
  const recent = Number.isNaN(since) ? lines : lines.filter((line) => line.at >= since);
  const tail = query.get('tailLines');
  return tail === null ? recent : recent.slice(Math.max(0, recent.length - Number(tail)));
}

function print({ at, text }: Line, query: URLSearchParams): string {
  const stamp = query.get('timestamps') === 'true' ? `${new Date(at).toISOString().replace('Z', '000000Z')} ` : '';
  return `${stamp}${text}\n`;
}

async function follow(
  place: ContainerPlace,
  query: URLSearchParams,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  const { record, resident } = place;
  const id = record.status.containerID;
  const running = () => record.status.state.running && record.status.containerID === id && !resident.removed;
  if (!running()) return;
  while (running() && !response.destroyed) await sleep(clock, FOLLOW_MS);
  const ended = record.status.state.terminated ?? record.status.lastState?.terminated;
  if (!ended || response.destroyed) return;
  const at = Date.parse(ended.finishedAt ?? '');
  response.write(print({ at, text: `ended with exit code ${ended.exitCode} (${ended.reason})` }, query));
}
