/** Numbers as people read them. */

export function cores(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function bytes(value: number): string {
  const power = value <= 0 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), UNITS.length - 1);
  const amount = value / 1024 ** power;
  return `${amount >= 100 || Number.isInteger(amount) ? amount.toFixed(0) : amount.toFixed(1)} ${UNITS[power]}`;
}

export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1%';
  return `${(100 * share).toFixed(share >= 0.1 || share === 0 ? 0 : 1)}%`;
}
