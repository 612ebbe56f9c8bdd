/** May this host change to that status, by whom, and what is missing. Pure: facts in, a refusal or nothing out. */
import { JdosError } from '../../errors/index.ts';
import { CPU_MODEL, DISK_TYPE, IMAGE_STATUS, NET_POD, NET_STATUS, RACK, ZONE } from './host-labels.ts';
import { type HostStatus, mayFollow, nextStatuses } from './host-status.ts';

/** What is known of the host when it is to change. */
export interface HostFacts {
  readonly host: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Findings of the last inspection that are an Error or an Alarm, by name; undefined while there was none. */
  readonly findings?: readonly string[] | undefined;
  /** How long it has been in its status. */
  readonly sinceMs: number;
  /** Pods that are still there, DaemonSets' and static ones left aside. */
  readonly pods: number;
}

export interface TransitionRules {
  /** @default 10 minutes */
  readonly burnInMs: number;
  /** How long a host must have been well before it is given back. @default 10 minutes */
  readonly healthyDelayMs: number;
}

export const DEFAULT_RULES: TransitionRules = { burnInMs: 600_000, healthyDelayMs: 600_000 };

/** @throws JdosError JDOS_ERR_HOST_TRANSITION when the table has no such step, JDOS_ERR_HOST_GUARD when something is missing */
export function requireTransition(facts: HostFacts, from: HostStatus, to: HostStatus, rules = DEFAULT_RULES): void {
  const { host } = facts;
  if (!mayFollow(from, to)) {
    const allowed = nextStatuses(from).join(', ') || 'nothing: it is out of service for good';
    throw new JdosError('JDOS_ERR_HOST_TRANSITION', { host, from, to, allowed });
  }
  const missing = missingFor(facts, from, to, rules);
  if (missing.length > 0) throw new JdosError('JDOS_ERR_HOST_GUARD', { host, from, to, missing: missing.join('; ') });
}

/** In words, what keeps the host from that status; nothing when the way is free. */
export function missingFor(facts: HostFacts, from: HostStatus, to: HostStatus, rules = DEFAULT_RULES): string[] {
  if (to === 'initializing') return [ZONE, RACK, CPU_MODEL, DISK_TYPE].filter((key) => !facts.labels[key]).map(label);
  if (to === 'testing') return networkAndImages(facts.labels);
  if (to === 'ready' && from === 'testing') return [...unwell(facts), ...tooSoon(facts, rules.burnInMs, 'burn-in')];
  if (to === 'ready' && from === 'recovering') {
    return [...unwell(facts), ...tooSoon(facts, rules.healthyDelayMs, 'healthy time')];
  }
  if (to === 'offline' || to === 'retired') return facts.pods > 0 ? [`${facts.pods} Pods are still on it`] : [];
  return [];
}

/** Schedulable, as far as the host's own labels go. A label that nobody writes here does not count. */
export function isFit(status: HostStatus, labels: Readonly<Record<string, string>>): boolean {
  const net = labels[NET_STATUS] ?? 'ready';
  const image = labels[IMAGE_STATUS] ?? 'ready';
  return status === 'ready' && net === 'ready' && (image === 'ready' || image === 'stale');
}

function networkAndImages(labels: HostFacts['labels']): string[] {
  const missing: string[] = [];
  if (labels[NET_STATUS] !== 'ready') missing.push(`${NET_STATUS}=ready (it is ${labels[NET_STATUS] ?? 'not set'})`);
  if ((labels[NET_POD] ?? 'none') === 'none') missing.push(`${NET_POD} other than none`);
  if (labels[IMAGE_STATUS] !== 'ready')
    missing.push(`${IMAGE_STATUS}=ready (it is ${labels[IMAGE_STATUS] ?? 'not set'})`);
  return missing;
}

function unwell({ findings }: HostFacts): string[] {
  if (!findings) return ['an inspection of it'];
  return findings.length > 0 ? [`no findings (there are ${findings.join(', ')})`] : [];
}

function tooSoon({ sinceMs }: HostFacts, ms: number, what: string): string[] {
  return sinceMs < ms ? [`${Math.ceil((ms - sinceMs) / 1000)} s more of ${what}`] : [];
}

function label(key: string): string {
  return `the label ${key}`;
}
