export * from './columns.ts';
export * from './statements.ts';
