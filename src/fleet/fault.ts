/** Faults as data: what they are called, at whom they aim, and how they are kept as ConfigMaps. */
import { JdosError } from '../errors/index.ts';
import type { ConfigMap, Draft, Selector } from '../kube/index.ts';
import { parseLabelSelector, rfc3339 } from '../kube/index.ts';
import { FAULT_KINDS, type FaultKind, isFaultKind } from './fault-kind.ts';
import { FAULT, FAULT_NAMESPACE } from './names.ts';

/** Whom a fault strikes: all that is said must hold; with nothing said, every simulated host or Pod. */
export interface FaultTarget {
  /** Host names. */
  readonly hosts?: readonly string[];
  /** Label selector of hosts. */
  readonly hostSelector?: string;
  readonly rack?: string;
  /** Namespace of Pods. */
  readonly namespace?: string;
  /** Label selector of Pods. */
  readonly podSelector?: string;
  /** Pod names. */
  readonly pods?: readonly string[];
  readonly container?: string;
  /** Image name with `*` for any run of characters. */
  readonly image?: string;
}

export interface Fault {
  readonly name: string;
  readonly kind: FaultKind;
  readonly target: FaultTarget;
  readonly hostSelector?: Selector;
  readonly podSelector?: Selector;
  readonly parameters: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; without it, until it is deleted. */
  readonly until?: number;
}

export interface FaultWish {
  /** @default the kind and the beginning of what it aims at */
  readonly name?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly until?: number;
}

const TARGET_FIELDS = [
  'hosts',
  'hostSelector',
  'rack',
  'namespace',
  'podSelector',
  'pods',
  'container',
  'image',
] as const;

/** The ConfigMap to create for a fault. @throws JdosError JDOS_ERR_FLEET_FAULT when it would not be understood. */
export function makeFault(kind: FaultKind, target: FaultTarget, wish: FaultWish = {}): Draft<ConfigMap> {
  const data: Record<string, string> = { ...wish.parameters };
  for (const field of TARGET_FIELDS) {
    const value = target[field];
    if (value !== undefined) data[field] = typeof value === 'string' ? value : value.join(',');
  }
  if (wish.until !== undefined) data.until = rfc3339(wish.until);
  const name = wish.name ?? nameOf(kind, target);
  const draft = { metadata: { name, namespace: FAULT_NAMESPACE, labels: { [FAULT]: kind } }, data };
  parseFault(draft);
  return draft;
}

/** Reads a fault's ConfigMap. @throws JdosError JDOS_ERR_FLEET_FAULT naming the field and what was expected. */
export function parseFault(map: Pick<Draft<ConfigMap>, 'metadata' | 'data'>): Fault {
  const name = map.metadata.name ?? '';
  const kind = map.metadata.labels?.[FAULT] ?? '';
  if (!isFaultKind(kind)) throw bad(name, `label ${FAULT}`, Object.keys(FAULT_KINDS).join(', '), kind);
  const data = map.data ?? {};
  const known = FAULT_KINDS[kind];
  for (const field of Object.keys(data)) {
    const words = [...known.aims, ...Object.keys(known.parameters), 'until'];
    if (!words.includes(field)) throw bad(name, 'data', words.join(', '), field);
  }
  for (const field of known.needs) if (!data[field]) throw bad(name, field, 'a value', data[field]);
  return {
    name,
    kind,
    target: targetOf(data),
    ...selectors(name, data),
    parameters: parametersOf(name, kind, data),
    ...(data.until && { until: timeOf(name, data.until) }),
  };
}

/** One line for people: `disk-full on 3 hosts, until 2026-01-01T00:00:00Z`. */
export function describeFault(fault: Fault): string {
  const { target, parameters } = fault;
  const parts = [
    target.hosts && (target.hosts.length === 1 ? `host ${target.hosts[0]}` : `${target.hosts.length} hosts`),
    target.rack && `rack ${target.rack}`,
    target.hostSelector && `hosts with ${target.hostSelector}`,
    target.pods && (target.pods.length === 1 ? `Pod ${target.pods[0]}` : `${target.pods.length} Pods`),
    target.podSelector && `Pods with ${target.podSelector}`,
    target.namespace && `in namespace ${target.namespace}`,
    target.container && `container ${target.container}`,
    target.image && `image ${target.image}`,
  ].filter(Boolean);
  const said = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  const until = fault.until === undefined ? [] : [`until ${rfc3339(fault.until)}`];
  return `${fault.kind} on ${[[...parts].join(', ') || 'the whole fleet', ...said, ...until].join(', ')}`;
}

/** Is the fault over at this moment? */
export function isPast(fault: Fault, now: number): boolean {
  return fault.until !== undefined && fault.until <= now;
}

function nameOf(kind: FaultKind, target: FaultTarget): string {
  const aim =
    target.rack ?? target.hosts?.[0] ?? target.pods?.[0] ?? target.image ?? target.podSelector ?? target.hostSelector;
  const slug = (aim ?? target.namespace ?? 'all').toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `${kind}-${slug}`.slice(0, 63).replace(/^-+|-+$/g, '');
}

function targetOf(data: Readonly<Record<string, string>>): FaultTarget {
  const target: Record<string, string | string[]> = {};
  for (const field of TARGET_FIELDS) {
    const value = data[field];
    if (!value) continue;
    target[field] = field === 'hosts' || field === 'pods' ? value.split(/[\s,]+/).filter(Boolean) : value;
  }
  return target;
}

function selectors(
  name: string,
  data: Readonly<Record<string, string>>,
): { hostSelector?: Selector; podSelector?: Selector } {
  const parsed: { hostSelector?: Selector; podSelector?: Selector } = {};
  for (const field of ['hostSelector', 'podSelector'] as const) {
    const text = data[field];
    if (!text) continue;
    try {
      parsed[field] = parseLabelSelector(text);
    } catch (cause) {
      throw bad(name, field, 'a label selector', text, cause);
    }
  }
  return parsed;
}

function parametersOf(name: string, kind: FaultKind, data: Readonly<Record<string, string>>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [parameter, { pattern, expected }] of Object.entries(FAULT_KINDS[kind].parameters)) {
    const value = data[parameter];
    if (value === undefined) continue;
    if (!pattern.test(value)) throw bad(name, parameter, expected, value);
    values[parameter] = value;
  }
  return values;
}

function timeOf(name: string, text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw bad(name, 'until', 'a time like 2026-01-31T12:00:00Z', text);
  return at;
}

function bad(name: string, field: string, expected: string, got: unknown, cause?: unknown): JdosError {
  return new JdosError(
    'JDOS_ERR_FLEET_FAULT',
    { name, field, expected, got: JSON.stringify(got) ?? 'nothing' },
    { cause },
  );
}
