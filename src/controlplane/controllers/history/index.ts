export * from './control.ts';
export * from './revisions.ts';
