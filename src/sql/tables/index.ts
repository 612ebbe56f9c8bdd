export * from './column.ts';
export * from './general-kind.ts';
export * from './kind-table.ts';
export { KINDS } from './kinds/index.ts';
export * from './layout.ts';
export { pack } from './packed.ts';
export * from './redaction.ts';
export * from './statements.ts';
export * from './table-name.ts';
