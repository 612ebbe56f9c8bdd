export * from './frame.ts';
export * from './log-tail.ts';
export { requestIn } from './request.ts';
export * from './stored-frame.ts';
