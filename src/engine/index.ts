export * from './engine.ts';
export * from './engine-error.ts';
export * from './message.ts';
export * from './result-stream.ts';
