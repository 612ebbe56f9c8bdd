/** What the server tells of scheduling: the very types of its answers. */
export type { ExplanationPage, Fit, FitPage } from '../../../src/server/contract/scheduling.ts';
