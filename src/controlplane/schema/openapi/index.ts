export * from './document.ts';
export { collectSchemas, documentName, type JsonSchema } from './json-schema.ts';
