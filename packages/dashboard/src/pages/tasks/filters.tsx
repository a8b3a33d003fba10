interface FiltersProps {
  readonly values: Readonly<Record<string, string>>;
  readonly onChange: (name: string, value: string) => void;
  readonly onClear: () => void;
}

/** Each change goes to the address of the page, which can be shared and kept. */
export function Filters({ values, onChange, onClear }: FiltersProps) {
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()} aria-label="Filters">
      <label>
        Tag
        <input
          type="search"
          data-first-filter
          value={values.tag}
          onChange={(event) => onChange('tag', event.currentTarget.value.trim())}
        />
      </label>
      <label>
        Kind
        <select
          value={values.recurring}
          onChange={(event) => onChange('recurring', event.currentTarget.value)}
        >
          <option value="">all</option>
          <option value="true">recurring</option>
          <option value="false">once</option>
        </select>
      </label>
      <TimeFilter name="dueAfter" label="Due from" value={values.dueAfter ?? ''} onChange={onChange} />
      <TimeFilter name="dueBefore" label="until" value={values.dueBefore ?? ''} onChange={onChange} />
      {Object.values(values).some((value) => value !== '') && (
        <button type="button" class="quiet" onClick={onClear}>
          Clear
        </button>
      )}
    </form>
  );
}

interface TimeFilterProps {
  readonly name: string;
  readonly label: string;
  /** RFC 3339, or ''. */
  readonly value: string;
  readonly onChange: (name: string, value: string) => void;
}

function TimeFilter({ name, label, value, onChange }: TimeFilterProps) {
  const changed = (local: string) => onChange(name, local === '' ? '' : new Date(local).toISOString());
  return (
    <label>
      {label}
      <input
        type="datetime-local"
        step={1}
        value={localOf(value)}
        onChange={(event) => changed(event.currentTarget.value)}
      />
    </label>
  );
}

/** As an input of the browser wants it: in local time, without a zone. */
function localOf(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return '';
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
