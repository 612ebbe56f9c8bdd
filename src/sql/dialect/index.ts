export * from './dialect.ts';
export * from './lexer.ts';
