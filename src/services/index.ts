export { SLICE_MANAGER } from './controller.ts';
export * from './start.ts';
