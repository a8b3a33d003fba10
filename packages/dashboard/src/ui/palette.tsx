import { useState } from 'preact/hooks';
import { Dialog } from './dialog.js';
import { KEYS } from './shortcuts.js';

export interface Command {
  readonly name: string;
  readonly hint?: string;
  readonly run: () => void;
}

const TASK_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface PaletteProps {
  readonly commands: readonly Command[];
  readonly openTask: (id: string) => void;
  readonly onClose: () => void;
}

/** Commands by their names, and any task by its id. */
export function Palette({ commands, openTask, onClose }: PaletteProps) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const wanted = text.trim();
  const found: readonly Command[] = TASK_ID.test(wanted)
    ? [{ name: `Open task ${wanted}`, run: () => openTask(wanted) }]
    : commands.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
  const at = Math.min(chosen, found.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const pressed = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0) {
      event.preventDefault();
      setChosen(Math.max(0, Math.min(found.length - 1, at + by)));
    } else if (event.key === 'Enter') run(found[at]);
  };
  return (
    <Dialog label="Commands" class="palette" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label="Command or task id"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={found.length > 0 ? `command-${at}` : undefined}
        placeholder="Go to, do, or paste a task id"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={pressed}
      />
      <div id="commands" role="listbox" aria-label="Commands">
        {found.map((command, i) => (
          <div
            key={command.name}
            id={`command-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onClick={() => run(command)}
            onKeyDown={pressed}
          >
            <span>{command.name}</span>
            {command.hint && <kbd>{command.hint}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="muted pad">Nothing is called that.</p>}
    </Dialog>
  );
}

export function Keys({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(/ +/).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div class="buttons end">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
