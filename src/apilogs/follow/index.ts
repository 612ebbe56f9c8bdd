export * from './follow.ts';
export * from './log-files.ts';
