export * from './marks.ts';
export * from './pod-part.ts';
export * from './release/index.ts';
export * from './revisions-of.ts';
export { rollbackTo } from './rollback.ts';
export { startGroups } from './start.ts';
export * from './vocabulary.ts';
