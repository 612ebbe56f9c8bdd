/** A request as `top` counts it: read from a line of a log. */
import { LONG_RUNNING } from '../schema/index.ts';

export interface SeenRequest {
  /** When it ended, in milliseconds. */
  readonly at: number;
  readonly username: string;
  readonly client: string;
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
  readonly source: string;
  readonly code: number;
  /** None of a request that lasts as long as its client likes. */
  readonly latencyUs: number | undefined;
}

interface Line {
  readonly stage?: string;
  readonly verb?: string;
  readonly requestURI?: string;
  readonly user?: { readonly username?: string };
  readonly userAgent?: string;
  readonly sourceIPs?: readonly string[];
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly namespace?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp?: string;
  readonly stageTimestamp?: string;
}

/** Undefined for what is no end of a request. */
export function requestIn(text: string): SeenRequest | undefined {
  const line = parsed(text);
  if (line?.stage !== 'ResponseComplete' && line?.stage !== 'Panic') return undefined;
  const ended = microseconds(line.stageTimestamp ?? line.requestReceivedTimestamp ?? '');
  if (Number.isNaN(ended)) return undefined;
  const { verb = '', objectRef = {}, requestURI = '' } = line;
  const path = requestURI.split('?', 1)[0]!;
  return {
    at: ended / 1000,
    username: line.user?.username ?? '',
    client: /^[^ /]*/.exec(line.userAgent ?? '')![0],
    verb,
    resource: [objectRef.resource ?? path, objectRef.subresource].filter(Boolean).join('/'),
    namespace: objectRef.namespace ?? '',
    source: line.sourceIPs?.at(-1) ?? '',
    code: line.responseStatus?.code ?? 0,
    latencyUs: isLongRunning(verb, objectRef.subresource) ? undefined : latency(line, ended),
  };
}

function isLongRunning(verb: string, subresource = ''): boolean {
  return LONG_RUNNING.verbs.includes(verb) || LONG_RUNNING.subresources.includes(subresource);
}

function latency({ requestReceivedTimestamp }: Line, ended: number): number | undefined {
  const received = microseconds(requestReceivedTimestamp ?? '');
  return Number.isNaN(received) ? undefined : ended - received;
}

/** `Date.parse` knows milliseconds only. */
function microseconds(time: string): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  return Date.parse(time) * 1000 + Number(fraction.padEnd(6, '0').slice(3, 6));
}

function parsed(text: string): Line | undefined {
  const start = text.indexOf('{');
  if (start < 0) return undefined;
  try {
    return JSON.parse(text.slice(start)) as Line;
  } catch {
    return undefined;
  }
}
