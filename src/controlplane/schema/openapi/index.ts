export * from './document.ts';
export { collectSchemas, type JsonSchema } from './json-schema.ts';
