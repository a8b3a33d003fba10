/**
 * What counts as one address: an IPv4 address, or the first 64 bits of an IPv6 address, as one host or one household is
 * usually given a network of that size. An IPv4-mapped IPv6 address counts as the IPv4 address.
 *
 * @param address as the socket tells it.
 */
export function addressKey(address: string): string {
  const [text = ''] = address.toLowerCase().split('%');
  if (!text.includes(':')) return text;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (mapped?.[1]) return mapped[1];
  return `${leadingGroups(text).join(':')}::/64`;
}

/** The first four of the eight groups, "::" written out. */
function leadingGroups(text: string): string[] {
  const [head = '', tail] = text.split('::');
  const before = groups(head);
  if (tail === undefined) return before.slice(0, 4);
  const after = groups(tail);
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4);
}

/** A dotted IPv4 tail stands for two groups, which never are among the first four. */
function groups(text: string): string[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => (group.includes('.') ? ['', ''] : [group]));
}
