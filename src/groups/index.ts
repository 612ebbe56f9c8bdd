export * from './marks.ts';
export { startGroups } from './start.ts';
