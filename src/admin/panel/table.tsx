import { inWords } from '../../render/words.ts';
import type { ReportTable } from './api-types.ts';
import { t } from './texts.ts';

type Props = { table: ReportTable; caption: string };

/** A table of a report, its values as on paper: figures to the right, sums below. */
export function Table({ table: { title, columns, rows, totals }, caption }: Props) {
  const label = totals?.findIndex((cell) => cell === null);
  return (
    <section class="table" tabIndex={0} aria-label={`${title}, ${t.reports.scroll}`}>
      <table>
        <caption>
          {title} <small>{caption}</small>
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" class={column.align}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, i) => (
            <tr key={i}>
              {columns.map((column, at) => (
                <BodyCell key={column.label} column={column} text={inWords(cells[at] ?? null, column.type)} />
              ))}
            </tr>
          ))}
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length} class="empty">
                {t.reports.empty}
              </td>
            </tr>
          )}
        </tbody>
        {totals && (
          <tfoot>
            <tr>
              {columns.map((column, at) => (
                <td key={column.label} class={column.align}>
                  {at === label ? t.reports.total : inWords(totals[at] ?? null, column.type)}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}

/** Characters up to which a text stays on one line. */
const SHORT = 28;

type CellProps = { column: ReportTable['columns'][number]; text: string };

const BodyCell = ({ column: { align }, text }: CellProps) => (
  <td class={text.length > SHORT ? align : `${align} short`}>{text}</td>
);
