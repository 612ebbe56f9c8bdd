/** Commands that take whole machines with them. They need a person's explicit word; the list is no protection from malice. */

const DANGERS: readonly (readonly [RegExp, string])[] = [
  [
    /\brm\s+(?:-\w+\s+|--\S+\s+)*-?\w*\s*(?:["']?\/["']?(?:\*|\s|$)|\/(?:bin|boot|dev|etc|export|lib|root|sbin|usr|var)\/?(?:\*|\s|$))/,
    'removes a part of the system',
  ],
  [/\bmkfs(?:\.\w+)?\b/, 'makes a file system over what is there'],
  [/\b(?:dd)\b.*\bof=\/dev\//, 'writes over a device'],
  [/>\s*\/dev\/(?:sd|nvme|vd|xvd|mapper)/, 'writes over a device'],
  [/\b(?:wipefs|sgdisk|parted|fdisk|blkdiscard)\b/, 'changes the partitions of a device'],
  [
    /\b(?:reboot|poweroff|halt|shutdown|init\s+[06])\b|\bsystemctl\s+(?:reboot|poweroff|halt|kexec)\b/,
    'ends the machine',
  ],
  [/\b(?:ip6?tables|nft)\b.*(?:-F\b|--flush\b|\bflush\b)/, 'empties the firewall'],
  [/\bkill(?:all)?\s+(?:-\w+\s+)*(?:-1|1)\b/, 'kills everything'],
  [/:\(\)\s*\{.*\};\s*:/, 'is a fork bomb'],
  [/\bchmod\s+(?:-\w+\s+)*[0-7]{3,4}\s+\/(?:\s|$)/, 'changes the rights of everything'],
];

/** What is dangerous about the command, in words; undefined when the list has nothing against it. */
export function dangerOf(command: readonly string[]): string | undefined {
  const line = command.join(' ');
  return DANGERS.find(([pattern]) => pattern.test(line))?.[1];
}
