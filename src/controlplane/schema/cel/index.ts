export * from './validate-custom.ts';
