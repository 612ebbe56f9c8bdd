export * from './caches.ts';
export * from './canonical.ts';
export * from './discovery.ts';
export * from './env.ts';
export * from './loop.ts';
export * from './owners.ts';
