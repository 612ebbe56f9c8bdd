export * from './expression.ts';
export * from './validate-custom.ts';
