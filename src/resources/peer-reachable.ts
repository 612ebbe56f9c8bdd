/** Condition of a Node, False when those who tried from other hosts cannot reach it. Written by verdicts, read by GroupServices. */
export const PEER_REACHABLE = 'jdos.jd.com/PeerReachable';
