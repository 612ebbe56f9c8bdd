export * from './gate.ts';
export * from './nearest.ts';
export * from './statement.ts';
