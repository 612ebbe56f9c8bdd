/** Labels and resources by which imported hosts and Pods are known. */

/** On everything that an import made: `kubectl delete nodes -l fleet.jdos.jd.com/imported=true` takes it back. */
export const IMPORTED = 'fleet.jdos.jd.com/imported';
export const QOS = 'fleet.jdos.jd.com/qos';

/** Whole cards. */
export const GPU = 'nvidia.com/gpu';
/** Thousandths of cards, whole and shared ones alike. See docs/decisions/0007-shared-gpus-as-milli-resource.md. */
export const GPU_MILLI = 'jdos.jd.com/gpu-milli';
export const GPU_MODEL = 'jdos.jd.com/gpu.model';
