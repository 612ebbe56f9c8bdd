export { type KubeletServer, startKubeletServer } from './server.ts';
