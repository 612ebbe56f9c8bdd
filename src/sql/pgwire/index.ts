export * from './postgres-face.ts';
export { verifierOf } from './scram.ts';
export type { Doorkeeper } from './sign-in.ts';
