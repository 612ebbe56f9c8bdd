/** Thresholds and words as a site has them: for all hosts, and for pools of hosts chosen by label. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { JdosError } from '../errors/index.ts';
import { parseLabelSelector, type Selector } from '../kube/index.ts';
import type { Check } from './check.ts';
import { CHECKS } from './checks/index.ts';
import type { Subject } from './subject.ts';

type Table<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

interface Overrides {
  /** By check, by name. */
  readonly limits: Table<number>;
  readonly words: Table<string>;
}

interface Pool extends Overrides {
  readonly selector: Selector;
}

export interface Settings extends Overrides {
  readonly pools: readonly Pool[];
  /** What the collector is told: names of processes, data ports, where things are. */
  readonly collector: CollectorSettings;
}

export interface CollectorSettings {
  readonly export?: string;
  readonly kubelet?: string;
  readonly cadvisor?: string;
  readonly agent?: string;
  /** Data ports, separated by spaces. */
  readonly nics?: string;
  readonly plugins?: string;
  readonly kubeletUrl?: string;
  readonly cadvisorUrl?: string;
}

export const NO_SETTINGS: Settings = { limits: {}, words: {}, pools: [], collector: {} };

export interface CheckSettings {
  readonly limits: Readonly<Record<string, number>>;
  readonly words: Readonly<Record<string, string>>;
}

/** What holds for one host; later pools win over earlier ones. */
export function settingsFor(settings: Settings, subject: Subject): (check: Check) => CheckSettings {
  const layers = [settings, ...settings.pools.filter((pool) => pool.selector.matches(subject.labels))];
  return (check) => ({
    limits: Object.assign({}, check.limits, ...layers.map((layer) => layer.limits[check.id] ?? {})),
    words: Object.assign({}, check.words, ...layers.map((layer) => layer.words[check.id] ?? {})),
  });
}

/** Reads a settings file; without one there are none. @throws JdosError JDOS_ERR_INSPECT_SETTINGS */
export function readSettings(file: string): Settings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NO_SETTINGS;
    throw error;
  }
  return parseSettings(text, file);
}

export function parseSettings(text: string, file: string): Settings {
  const place = new Place(file);
  const root = place.map(place.parsed(text), 'the file', ['limits', 'words', 'pools', 'collector']);
  const collector = place.map(root.collector, 'collector', COLLECTOR_KEYS);
  for (const [key, value] of Object.entries(collector)) place.text(value, `collector.${key}`);
  return {
    ...overrides(place, root, ''),
    pools: place.list(root.pools, 'pools').map((pool, at) => poolOf(place, pool, `pools[${at}]`)),
    collector: collector as CollectorSettings,
  };
}

const COLLECTOR_KEYS: readonly (keyof CollectorSettings)[] = [
  'export',
  'kubelet',
  'cadvisor',
  'agent',
  'nics',
  'plugins',
  'kubeletUrl',
  'cadvisorUrl',
];

function poolOf(place: Place, value: unknown, at: string): Pool {
  const pool = place.map(value, at, ['selector', 'limits', 'words']);
  const text = place.text(pool.selector, `${at}.selector`);
  try {
    return { ...overrides(place, pool, `${at}.`), selector: parseLabelSelector(text) };
  } catch {
    throw place.fault(`${at}.selector`, 'a label selector', text);
  }
}

function overrides(place: Place, value: Readonly<Record<string, unknown>>, prefix: string): Overrides {
  const ids = CHECKS.map((check) => check.id);
  const table = <T>(kind: 'limits' | 'words', read: (value: unknown, at: string) => T): Table<T> => {
    const checks = Object.entries(place.map(value[kind], `${prefix}${kind}`, ids));
    return Object.fromEntries(checks.map(([id, names]) => [id, entriesOf(id, names, kind, read)]));
  };
  const entriesOf = <T>(id: string, names: unknown, kind: 'limits' | 'words', read: (v: unknown, at: string) => T) => {
    const known = Object.keys(CHECKS.find((check) => check.id === id)?.[kind] ?? {});
    const at = `${prefix}${kind}.${id}`;
    const entries = Object.entries(place.map(names, at, known));
    return Object.fromEntries(entries.map(([name, one]) => [name, read(one, `${at}.${name}`)]));
  };
  return {
    limits: table('limits', (one, at) => place.number(one, at)),
    words: table('words', (one, at) => place.text(one, at)),
  };
}

/** Reading of untyped values; what is not as it should be is told with its place. */
class Place {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  fault(field: string, expected: string, got: unknown): JdosError {
    const params = { file: this.#file, field, expected, got: JSON.stringify(got) ?? 'nothing' };
    return new JdosError('JDOS_ERR_INSPECT_SETTINGS', params);
  }

  parsed(text: string): unknown {
    try {
      return parse(text) as unknown;
    } catch (error) {
      throw this.fault('the file', 'YAML', error instanceof Error ? error.message : error);
    }
  }

  map(value: unknown, field: string, keys: readonly string[]): Record<string, unknown> {
    if (value === undefined || value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) throw this.fault(field, 'a map', value);
    const unknown = Object.keys(value).find((key) => !keys.includes(key));
    if (unknown !== undefined) throw this.fault(field, `one of ${keys.join(', ')}`, unknown);
    return value as Record<string, unknown>;
  }

  list(value: unknown, field: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw this.fault(field, 'a list', value);
    return value;
  }

  text(value: unknown, field: string): string {
    if (typeof value !== 'string') throw this.fault(field, 'a text', value);
    return value;
  }

  number(value: unknown, field: string): number {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.fault(field, 'a number', value);
    return value;
  }
}
