/** What an API server sends: a list of events. It becomes lines, without the bodies of requests: secrets are in them. */

export class NotAList extends Error {}

/** @throws NotAList with what is wrong, in words for the sender */
export function linesOf(body: Buffer): { readonly text: Buffer; readonly events: number } {
  const { apiVersion, items } = parsed(body);
  const lines = items.map((item) => `${JSON.stringify(withoutBodies(apiVersion, item))}\n`);
  return { text: Buffer.from(lines.join('')), events: lines.length };
}

function parsed(body: Buffer): { apiVersion: string; items: readonly unknown[] } {
  const list = parse(body);
  const { kind, apiVersion, items } = (typeof list === 'object' && list !== null ? list : {}) as Record<
    string,
    unknown
  >;
  if (kind !== 'EventList' || apiVersion !== 'audit.k8s.io/v1' || !Array.isArray(items))
    throw new NotAList(`expected an EventList of audit.k8s.io/v1, found ${shown(kind)} of ${shown(apiVersion)}`);
  return { apiVersion, items };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new NotAList('expected an EventList of audit.k8s.io/v1, found no JSON', { cause });
  }
}

/** What is no object stays as it is: the import counts it among the rejected. */
function withoutBodies(apiVersion: string, item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  return { kind: 'Event', apiVersion, ...item, requestObject: undefined, responseObject: undefined };
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}
