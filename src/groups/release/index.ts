export * from './request.ts';
export { startReleases } from './start.ts';
