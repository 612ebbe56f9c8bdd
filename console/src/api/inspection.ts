/** What the server tells of inspection: the very types of its answers. */
import type { Level } from '../../../src/server/contract/inspection.ts';

export { CHANGE_KINDS } from '../../../src/inspection/vocabulary.ts';
export type {
  Brief,
  BriefRow,
  DiffPage,
  Level,
  Result,
  ResultPage,
  Run,
  RunPage,
  TrendPoint,
} from '../../../src/server/contract/inspection.ts';

/** The gravest first. */
export const LEVELS: readonly Level[] = ['error', 'alarm', 'warn', 'info', 'unknown'];
