export * from './audit-store.ts';
export * from './disk.ts';
export * from './ledger.ts';
