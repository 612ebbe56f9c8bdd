export * from './audit-store.ts';
export * from './ledger.ts';
