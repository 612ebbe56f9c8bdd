/** What all clients of one run share: the server, the record, and whether it goes on. */
import type { PlaneProcess } from '../plane-process.ts';
import type { History, Kind, Meta } from './record.ts';
import { Wire } from './wire.ts';

export const KINDS: readonly Kind[] = [
  { name: 'configmaps', apiVersion: 'v1', kind: 'ConfigMap', root: '/api/v1' },
  { name: 'leases', apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', root: '/apis/coordination.k8s.io/v1' },
  { name: 'things', apiVersion: 'history.jdos.test/v1', kind: 'Thing', root: '/apis/history.jdos.test/v1' },
];
export const NAMESPACES = ['default', 'kube-public'] as const;

export class World {
  readonly plane: PlaneProcess;
  readonly history: History;
  #clock = 0;
  /** Writers and listers go on while this holds. */
  busy = true;
  /** Watchers go on while this holds. */
  open = true;

  constructor(plane: PlaneProcess, seed: number) {
    this.plane = plane;
    this.history = {
      seed,
      writes: [],
      listings: [],
      watches: [],
      witnesses: [],
      bases: [],
      last: [],
      races: [],
      caches: [],
      oddities: [],
    };
  }

  /** The next place in the sequence of all that clients see. */
  tick(): number {
    return ++this.#clock;
  }

  wire(): Wire {
    return new Wire(this.plane.access);
  }

  /** A pause after a lost connection, so that a dead server is not asked in a tight loop. */
  async breathe(ms = 10): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

export function collectionPath(kind: Kind, namespace: string | undefined): string {
  return namespace === undefined ? `${kind.root}/${kind.name}` : `${kind.root}/namespaces/${namespace}/${kind.name}`;
}

export function keyOf(meta: Meta): string {
  return `${meta.namespace}/${meta.name}`;
}
