/** Events are stored once, as core/v1, and served under two groups. */
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, invalids, required } from '../validation/field-error.ts';
import { qualifiedName } from '../validation/names.ts';
import { nameColumn, text, wide } from './columns.ts';
import { since } from './human-duration.ts';

const HOUR_SECONDS = 3600;

/** Selectable under events.k8s.io. Under core, too, as the fields of a stored object are read once for both. */
const newerFields = {
  ...involvedFields('regarding'),
  reason: (e: Json) => e.reason ?? '',
  reportingController: (e: Json) => e.reportingComponent ?? '',
  type: (e: Json) => e.type ?? '',
};

export const events: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'events',
  singular: 'event',
  kind: 'Event',
  shortNames: ['ev'],
  namespaced: true,
  generation: false,
  ttlSeconds: HOUR_SECONDS,
  patient: true,
  selectableFields: {
    ...involvedFields('involvedObject'),
    reportingComponent: (e) => e.reportingComponent || e.source?.component || '',
    source: (e) => e.source?.component || e.reportingComponent || '',
    ...newerFields,
  },
  createOnUpdate: true,
  columns: eventColumns(),
  strategy: { default: defaultEvent, validate: validateEvent },
};

/** The same objects under events.k8s.io. */
export const eventsV1: ResourceDefinition = {
  ...events,
  group: 'events.k8s.io',
  storedAs: 'events',
  selectableFields: newerFields,
  toStored: fromEventsV1,
  fromStored: toEventsV1,
  strategy: { default: defaultEvent, validate: (event) => [...validateEvent(event), ...newerErrors(event)] },
};

/** Field pairs: in events.k8s.io/v1, in core/v1. */
const RENAMED = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
] as const;

function fromEventsV1(event: Json): Json {
  return renamed(event, 'v1', RENAMED);
}

function toEventsV1(event: Json): Json {
  return renamed(
    event,
    'events.k8s.io/v1',
    RENAMED.map(([newer, older]) => [older, newer]),
  );
}

function renamed(event: Json, apiVersion: string, pairs: readonly (readonly [string, string])[]): Json {
  const names = new Map(pairs);
  const entries = Object.entries(event).map(([field, value]) => [names.get(field) ?? field, value]);
  return { ...Object.fromEntries(entries), apiVersion, kind: 'Event' };
}

function involvedFields(name: string): Record<string, (event: Json) => string> {
  const fields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
  return Object.fromEntries(fields.map((f) => [`${name}.${f}`, (event: Json) => event.involvedObject?.[f] ?? '']));
}

/** Written out even when empty, as the API does. */
function defaultEvent(event: Json): void {
  event.involvedObject ??= {};
  event.source ??= {};
  event.eventTime ??= null;
  event.firstTimestamp ??= null;
  event.lastTimestamp ??= null;
  event.reportingComponent ??= '';
  event.reportingInstance ??= '';
}

function validateEvent(event: Json): FieldError[] {
  return [...aboutErrors(event), ...reportErrors(event)];
}

function aboutErrors(event: Json): FieldError[] {
  const about = event.involvedObject.namespace ?? '';
  const { namespace } = event.metadata;
  const fits = about === '' ? namespace === 'default' || namespace === 'kube-system' : about === namespace;
  return fits ? [] : [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
}

/** An event with a time of the newer kind tells who reports what. */
function reportErrors(event: Json): FieldError[] {
  if (!event.eventTime) return [];
  const needed = ['reportingInstance', 'action', 'reason'].filter((field) => !event[field]);
  return [
    ...(event.reportingComponent ? [] : [required('reportingController')]),
    ...invalids('reportingController', event.reportingComponent ?? '', qualifiedName(event.reportingComponent ?? '')),
    ...needed.map((field) => required(field)),
  ];
}

/** What events.k8s.io asks for besides. */
function newerErrors(event: Json): FieldError[] {
  return [
    ...(event.eventTime ? [] : [required('eventTime')]),
    ...(['Normal', 'Warning'].includes(event.type)
      ? []
      : [invalid('type', '', `has invalid value: ${event.type ?? ''}`)]),
  ];
}

function eventColumns() {
  return [
    text('Last Seen', lastSeen),
    text('Type', (e) => e.type ?? ''),
    text('Reason', (e) => e.reason ?? ''),
    text('Object', objectText),
    wide('Subobject', (e) => e.involvedObject?.fieldPath ?? ''),
    wide('Source', sourceText),
    text('Message', (e) => (e.message ?? '').trim()),
    wide('First Seen', firstSeen),
    text('Count', (e) => e.series?.count ?? (e.count || 1), { priority: 1 }),
    { ...nameColumn, priority: 1 },
  ];
}

function firstSeen(event: Json, now: number): string {
  return since(event.firstTimestamp || event.eventTime, now);
}

function lastSeen(event: Json, now: number): string {
  if (event.series) return since(event.series.lastObservedTime, now);
  return event.lastTimestamp ? since(event.lastTimestamp, now) : firstSeen(event, now);
}

function objectText({ involvedObject = {} }: Json): string {
  const kind = (involvedObject.kind ?? '').toLowerCase();
  return involvedObject.name ? `${kind}/${involvedObject.name}` : kind;
}

function sourceText({ source = {}, reportingComponent, reportingInstance }: Json): string {
  const component = source.component || reportingComponent || '';
  const host = source.host || reportingInstance || '';
  return host ? `${component}, ${host}` : component;
}
