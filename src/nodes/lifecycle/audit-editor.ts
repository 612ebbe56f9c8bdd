/**
 * Who changed a Node. Its managed fields name the program only; the API server's audit log names the user, whichever
 * server writes it.
 */
import { open } from 'node:fs/promises';
import { type Clock, sleep, systemClock } from '../../kube/index.ts';

export interface NodeEdit {
  readonly host: string;
  /** As the managed fields have it. */
  readonly manager: string;
  /** In whole seconds, as the managed fields have it. */
  readonly at: number;
}

export type UserOf = (edit: NodeEdit, signal: AbortSignal) => Promise<string | undefined>;

/** So much of the log's end is read: an edit is looked up as soon as it is seen. */
const TAIL_BYTES = 4 * 2 ** 20;
/** The line comes a moment after the change. */
const LOOKS = 15;
const PAUSE_MS = 200;

/** By a file of `audit.k8s.io/v1` Events, one a line. A log that is not there names nobody. */
export function userByAuditLog(path: string, clock: Clock = systemClock): UserOf {
  return async (edit, signal) => {
    for (let look = 1; ; look++) {
      const user = userIn((await tailOf(path)).split('\n'), edit);
      if (user !== undefined || look === LOOKS) return user;
      await sleep(clock, PAUSE_MS, signal);
    }
  };
}

interface AuditEvent {
  readonly stage?: string;
  readonly verb?: string;
  readonly requestURI?: string;
  readonly userAgent?: string;
  readonly user?: { readonly username?: string };
  readonly impersonatedUser?: { readonly username?: string };
  readonly objectRef?: { readonly resource?: string; readonly name?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly stageTimestamp?: string;
}

/** The last who has written to the Node under that manager's name within that second. */
export function userIn(lines: readonly string[], edit: NodeEdit): string | undefined {
  const about = lines.filter((line) => line.includes(`"${edit.host}"`)).map(eventIn);
  const event = about.findLast((one) => one !== undefined && isOf(one, edit));
  return event?.impersonatedUser?.username ?? event?.user?.username;
}

function isOf(event: AuditEvent, { host, manager, at }: NodeEdit): boolean {
  const { stage, verb = '', objectRef, responseStatus, stageTimestamp = '' } = event;
  const late = Date.parse(stageTimestamp) - at;
  return (
    stage === 'ResponseComplete' &&
    (verb === 'patch' || verb === 'update') &&
    objectRef?.resource === 'nodes' &&
    objectRef.name === host &&
    objectRef.subresource === undefined &&
    (responseStatus?.code ?? 500) < 300 &&
    managerOf(event) === manager &&
    late >= 0 &&
    late < LONGEST_MS
  );
}

/** From the beginning of the second of the change to the end of its answer. */
const LONGEST_MS = 5_000;

/** What a request does not name is called after its program. */
function managerOf({ requestURI = '', userAgent = '' }: AuditEvent): string {
  const query = new URL(requestURI, 'https://localhost').searchParams;
  return query.get('fieldManager') ?? userAgent.split('/')[0] ?? '';
}

/** The first line of a tail is half a line. */
function eventIn(line: string): AuditEvent | undefined {
  try {
    return JSON.parse(line) as AuditEvent;
  } catch {
    return undefined;
  }
}

async function tailOf(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
