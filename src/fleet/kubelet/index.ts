export { type KubeletServer, type KubeletServerOptions, startKubeletServer } from './server.ts';
