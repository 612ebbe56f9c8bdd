/** What the server tells of inspection. */
export type Level = 'error' | 'alarm' | 'warn' | 'info' | 'unknown';
export const LEVELS: readonly Level[] = ['error', 'alarm', 'warn', 'info', 'unknown'];

export interface Run {
  readonly id: number;
  readonly plan?: string;
  readonly by: string;
  readonly state: 'running' | 'finished' | 'cut' | 'stopped';
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly scope: number;
}

export interface BriefRow extends Readonly<Record<Level, number>> {
  readonly check: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly exempted: number;
}

export interface Brief {
  readonly run: Run;
  readonly rows: readonly BriefRow[];
  readonly score: number;
  readonly grade: string;
  readonly systemic: readonly {
    readonly check: string;
    readonly zone: string;
    readonly hosts: number;
    readonly of: number;
  }[];
}

export interface Result {
  readonly check: string;
  readonly host: string;
  readonly level: Level;
  /** Words of the server in the reader's language. */
  readonly name: string;
  readonly message: string;
  readonly remedy: string;
  readonly readAt: number;
}
