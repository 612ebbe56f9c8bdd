/** What the server tells of commands on many targets: the very types of its answers. */
export { OUTCOMES } from '../../../src/batch/vocabulary.ts';
export type {
  BatchJob,
  BatchJobPage,
  BatchJobs,
  BatchPreview,
  BatchResult,
  BatchResults,
  BatchWish,
  Outcome,
} from '../../../src/server/contract/batch.ts';
