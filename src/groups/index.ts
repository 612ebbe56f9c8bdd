export * from './marks.ts';
export * from './release/index.ts';
export { startGroups } from './start.ts';
