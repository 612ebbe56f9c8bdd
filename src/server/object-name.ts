import { z } from 'zod';

/** Of an object in a path: what Kubernetes takes for a name of Pods, namespaces and JDOS's kinds, and so never a step up. */
export const OBJECT_NAME = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
