export * from './role.ts';
export * from './use.ts';
