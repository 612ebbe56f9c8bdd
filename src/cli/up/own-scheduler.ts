/** On a cluster that has a scheduler of its own, ours is for the Pods that name it. */
export const OWN_SCHEDULER = 'jdos-scheduler';
