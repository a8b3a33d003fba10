/** Whether `Accept` (RFC 9110, 12.5.1) takes a type such as `application/json`. */
export function accepts(header: string | undefined, type: string): boolean {
  if (header === undefined || header.trim() === '') return true;
  const [main = ''] = type.split('/');
  const ranges = header.split(',').map(parseRange);
  for (const wanted of [type, `${main}/*`, '*/*']) {
    const range = ranges.find(({ name }) => name === wanted);
    if (range) return range.quality > 0;
  }
  return false;
}

function parseRange(text: string): { readonly name: string; readonly quality: number } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((each) => each.startsWith('q='));
  return { name, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
}
