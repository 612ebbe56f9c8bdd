export * from './kinds.ts';
export * from './manifest.ts';
export * from './page.ts';
export * from './validate.ts';
