export * from './dialect.ts';
export * from './engines.ts';
