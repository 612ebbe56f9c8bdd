export { type AskReleaseOptions, askRelease } from './ask-release.ts';
export * from './request.ts';
export { hasEnded } from './run.ts';
export { startReleases } from './start.ts';
