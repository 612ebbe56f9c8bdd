export * from './catalogue.ts';
export * from './definitions.ts';
export * from './question.ts';
