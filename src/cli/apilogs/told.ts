/** What goes on in a store that is written to for long, a line on stderr for each thing that happens. */
import process from 'node:process';
import type { FollowEvent, ReceiveEvent } from '../../apilogs/index.ts';

type Told = FollowEvent | Exclude<ReceiveEvent, { kind: 'listening' }>;

export function tell(event: Told): void {
  process.stderr.write(`${new Date().toISOString()} ${textOf(event)}\n`);
}

function textOf(event: Told): string {
  switch (event.kind) {
    case 'taken':
      return taken(event);
    case 'resumed':
      return 'there is space again: it goes on';
    case 'paused':
      return `ALARM: ${said(event.error)}`;
    case 'trouble':
      return said(event.error);
  }
}

function taken(event: Extract<Told, { kind: 'taken' }>): string {
  const { events, duplicates, rejected } = event.result;
  const removed = event.tidied.removed.events;
  const away = 'received' in event ? event.received.turnedAway : 0;
  return [
    `${events} events taken in, ${duplicates} known, ${rejected} rejected`,
    ...(removed > 0 ? [`${removed} old ones removed`] : []),
    ...(away > 0 ? [`${away} requests turned away so far`] : []),
  ].join('; ');
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
