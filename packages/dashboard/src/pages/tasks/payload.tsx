import { useMemo, useState } from 'preact/hooks';
import { Scroll } from '../../ui/scroll.js';

type View = 'text' | 'json' | 'hex';

interface PayloadProps {
  readonly text?: string | undefined;
  readonly base64?: string | undefined;
  /** Of a task that has ended. */
  readonly ended?: boolean;
}

/** Bytes that are shown of a payload as hex. */
const MOST_HEX = 4_096;

/** A payload as text, as JSON or byte by byte; never as anything that the browser would interpret. */
export function Payload({ text, base64, ended = false }: PayloadProps) {
  const json = useMemo(() => prettyJson(text), [text]);
  const [chosen, setChosen] = useState<View>();
  if (text === undefined && base64 === undefined)
    return <p class="muted">{ended ? 'Not kept once a task has ended.' : 'Empty.'}</p>;
  const views: View[] = [
    ...(json !== undefined ? (['json'] as const) : []),
    ...(text !== undefined ? (['text'] as const) : []),
    'hex',
  ];
  const view = chosen && views.includes(chosen) ? chosen : (views[0] as View);
  return (
    <>
      <fieldset class="segments">
        <legend class="unseen">How to show the payload</legend>
        {views.map((one) => (
          <button key={one} type="button" aria-pressed={one === view} onClick={() => setChosen(one)}>
            {one === 'json' ? 'JSON' : one}
          </button>
        ))}
      </fieldset>
      <Scroll class="payload" label="Payload, as it is">
        <pre>{view === 'json' ? json : view === 'text' ? text : hexOf(bytesOf(text, base64))}</pre>
      </Scroll>
    </>
  );
}

function prettyJson(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return undefined;
  }
}

function bytesOf(text: string | undefined, base64 = ''): Uint8Array {
  if (text !== undefined) return new TextEncoder().encode(text);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, MOST_HEX); at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const shown = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${shown}`);
  }
  if (bytes.length > MOST_HEX) lines.push(`… ${bytes.length - MOST_HEX} bytes more`);
  return lines.join('\n');
}
