export * from './complete.ts';
export * from './decode.ts';
export * from './decode-fault.ts';
export * from './duplicate.ts';
export * from './facts.ts';
export * from './field-validation.ts';
export * from './schema.ts';
