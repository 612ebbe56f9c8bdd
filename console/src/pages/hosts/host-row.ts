/** A row of the list `hosts`. */
export interface HostRow {
  readonly cluster: string;
  readonly name: string;
  readonly ip: string | null;
  readonly zone: string | null;
  readonly rack: string | null;
  readonly status: string;
  readonly diskType: string;
  readonly cpuModel: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly pods: number;
  readonly podsAllocatable: number;
  readonly cpuRequested: number;
  readonly cpuAllocatable: number;
  readonly memoryRequested: number;
  readonly memoryAllocatable: number;
  readonly cpuShare: number;
  readonly memoryShare: number;
  readonly kubelet: string;
  readonly kernel: string;
  readonly createdAt: string;
}
