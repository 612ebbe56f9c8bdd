/** What the server tells of the lives of hosts. */
import type { HostLife, Status } from './hosts.ts';

export interface BoardCard extends HostLife {
  readonly host: string;
  readonly zone: string;
  readonly rack: string;
}

export interface BoardColumn {
  readonly status: Status;
  readonly next: readonly Status[];
  readonly hosts: number;
  readonly cards: readonly BoardCard[];
}

export interface Board {
  readonly columns: readonly BoardColumn[];
  readonly zones: readonly string[];
  readonly unmanaged: number;
}

export interface Move {
  readonly to: Status;
  readonly missing: readonly string[];
  readonly undo: boolean;
  readonly effects: {
    readonly unschedulable: boolean;
    readonly addedTaints: readonly string[];
    readonly removedTaints: readonly string[];
  };
}

export interface MovesPage {
  readonly state: HostLife;
  readonly known: boolean;
  readonly moves: readonly Move[];
}
