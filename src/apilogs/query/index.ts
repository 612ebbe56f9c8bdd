export * from './audit-query.ts';
