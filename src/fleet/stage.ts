/**
 * Stages: the behaviour of simulated kubelets as data. A stage says when it applies (facts and their values), how long
 * it waits, and what then becomes of its actor. The first stage of a track that applies is the one that is pending;
 * an actor has one pending stage for each track. docs/fleet-stages.md is the guide to the language.
 */
import { parse } from 'yaml';
import { JdosError } from '../errors/index.ts';

export type Value = string | number | boolean;

/** One fact, and the values it must (or, with `not`, must not) have. */
export interface StageCondition {
  readonly fact: string;
  readonly values: readonly Value[];
  readonly not: boolean;
}

export interface StageDelay {
  /** Milliseconds, or the fact that says them. */
  readonly base: number | string;
  /** Up to so many milliseconds more, by chance. */
  readonly jitterMs: number;
  /** The fact that says from when (ms since the epoch); without it, from when the stage began to apply. */
  readonly since?: string;
}

export interface StageEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface Stage {
  readonly name: string;
  readonly actor: Actor;
  readonly track: string;
  readonly when: readonly StageCondition[];
  readonly delay: StageDelay;
  /** Replaces a container's `state`; texts may hold `{{fact}}`. */
  readonly state?: Template;
  /** Written over the actor's status (container) or ending (Pod). */
  readonly set?: { readonly [field: string]: Template };
  readonly events: readonly StageEvent[];
  /** Effects by name, done in this order before `state` and `set`. */
  readonly effects: readonly string[];
}

export type Actor = 'pod' | 'container';
export type Template = Value | null | readonly Template[] | { readonly [field: string]: Template };

/** The words a stage may use for one actor. */
export interface Vocabulary {
  readonly facts: ReadonlySet<string>;
  readonly effects: ReadonlySet<string>;
}

/** Reads one file of stages. @throws JdosError JDOS_ERR_FLEET_STAGE naming file, stage and what was expected. */
export function parseStages(text: string, file: string, words: Readonly<Record<Actor, Vocabulary>>): Stage[] {
  const root = asMap(parse(text, { version: '1.1' }), file, 'a map with track, actor and stages');
  const actor = root.actor;
  if (actor !== 'pod' && actor !== 'container') throw bad(file, 'actor', '`pod` or `container`', actor);
  const track = asText(root.track, file, 'track');
  if (!Array.isArray(root.stages)) throw bad(file, 'stages', 'a list', root.stages);
  return root.stages.map((entry: unknown) => parseStage(entry, { file, actor, track, words: words[actor] }));
}

interface Place {
  readonly file: string;
  readonly actor: Actor;
  readonly track: string;
  readonly words: Vocabulary;
}

const FIELDS = new Set(['name', 'when', 'delay', 'state', 'set', 'events', 'do']);

function parseStage(entry: unknown, place: Place): Stage {
  const map = asMap(entry, place.file, 'a stage');
  const name = asText(map.name, place.file, 'name');
  const at = `${place.file}, stage ${name}`;
  for (const field of Object.keys(map)) if (!FIELDS.has(field)) throw bad(at, field, [...FIELDS].join(', '), field);
  const stage: Stage = {
    name,
    actor: place.actor,
    track: place.track,
    when: Object.entries(asMap(map.when, at, 'facts and values')).map(([fact, is]) => parseCondition(fact, is, at)),
    delay: parseDelay(map.delay, at),
    ...(map.state !== undefined && { state: map.state as Template }),
    ...(map.set !== undefined && { set: asMap(map.set, at, 'fields') as Record<string, Template> }),
    events: asList(map.events).map((event) => parseEvent(event, at)),
    effects: asList(map.do).map((effect) => asText(effect, at, 'do')),
  };
  checkWords(stage, place.words, at);
  return Object.freeze(stage);
}

function parseCondition(fact: string, is: unknown, at: string): StageCondition {
  const not = typeof is === 'object' && is !== null && !Array.isArray(is) && 'not' in is;
  const values = asList(not ? (is as { not: unknown }).not : is);
  for (const value of values)
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw bad(at, fact, 'a value or a list of them', value);
  return { fact, not, values: values as Value[] };
}

function parseDelay(delay: unknown, at: string): StageDelay {
  if (delay === undefined) return { base: 0, jitterMs: 0 };
  if (typeof delay === 'string') return { base: durationMs(delay, at), jitterMs: 0 };
  const map = asMap(delay, at, 'a duration or { for | fact, jitter, since }');
  const base = map.fact === undefined ? durationMs(map.for, at) : asText(map.fact, at, 'delay.fact');
  const jitterMs = map.jitter === undefined ? 0 : durationMs(map.jitter, at);
  return { base, jitterMs, ...(map.since !== undefined && { since: asText(map.since, at, 'delay.since') }) };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function durationMs(text: unknown, at: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(String(text));
  if (!match) throw bad(at, 'delay', 'a duration like 200ms, 1.5s or 5m', text);
  return Number(match[1]) * UNITS[match[2]!]!;
}

function parseEvent(event: unknown, at: string): StageEvent {
  const map = asMap(event, at, 'an event { type, reason, message }');
  const type = map.type ?? 'Normal';
  if (type !== 'Normal' && type !== 'Warning') throw bad(at, 'events.type', 'Normal or Warning', type);
  return { type, reason: asText(map.reason, at, 'reason'), message: asText(map.message, at, 'message') };
}

function checkWords(stage: Stage, words: Vocabulary, at: string): void {
  const { base, since } = stage.delay;
  const said = [
    ...stage.when.map((c) => c.fact),
    ...(typeof base === 'string' ? [base] : []),
    ...(since ? [since] : []),
    ...placeholders(JSON.stringify([stage.state, stage.set, stage.events])),
  ];
  for (const fact of said) if (!words.facts.has(fact)) throw bad(at, 'fact', [...words.facts].join(', '), fact);
  for (const effect of stage.effects)
    if (!words.effects.has(effect)) throw bad(at, 'do', [...words.effects].join(', '), effect);
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!);
}

function asMap(value: unknown, at: string, expected: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(at, 'entry', expected, value);
  return value as Record<string, unknown>;
}

function asText(value: unknown, at: string, field: string): string {
  if (typeof value !== 'string' || value === '') throw bad(at, field, 'a text', value);
  return value;
}

function asList(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function bad(place: string, field: string, expected: string, got: unknown): JdosError {
  return new JdosError('JDOS_ERR_FLEET_STAGE', { place, field, expected, got: JSON.stringify(got) ?? 'nothing' });
}
