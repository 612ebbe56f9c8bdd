export * from './compaction.ts';
export * from './retention.ts';
export * from './tidy.ts';
