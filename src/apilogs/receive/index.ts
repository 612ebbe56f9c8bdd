export * from './credentials.ts';
export * from './receive.ts';
export { type Received, Receiver } from './receiver.ts';
export { Spool } from './spool.ts';
