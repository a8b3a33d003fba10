import { Scroll } from '../ui/scroll.js';

interface TableTwinProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The figures of a chart, for whoever can't see it or wants to copy them. */
export function TableTwin({ caption, columns, rows }: TableTwinProps) {
  return (
    <details class="twin">
      <summary>
        Figures<span class="unseen"> of: {caption}</span>
      </summary>
      <Scroll label={`${caption}, figures`}>
        <table>
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([first, ...rest]) => (
              <tr key={first}>
                <th scope="row">{first}</th>
                {rest.map((cell, i) => (
                  <td key={columns[i + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
