import { Column, getTableName, is, SQL } from 'drizzle-orm';

/** A selected field of a Drizzle query, in the order of the columns: where it goes, and what decodes it. */
export type SelectedField = { path: string[]; field: Column | SQL | SQL.Aliased };

type Decode = (value: unknown) => unknown;

/** Columns that inherit this take the driver's value as it is. */
const inherited: unknown = Reflect.get(Column.prototype, 'mapFromDriverValue');

function decoderOf(field: SelectedField['field']): Decode | undefined {
  if (is(field, Column)) {
    return Reflect.get(field, 'mapFromDriverValue') === inherited
      ? undefined
      : (value) => field.mapFromDriverValue(value);
  }
  const { decoder } = (is(field, SQL) ? field : field.sql) as unknown as {
    decoder: { mapFromDriverValue: Decode };
  };
  return (value) => decoder.mapFromDriverValue(value);
}

/**
 * Makes the function that turns a row (values in column order) into the object that Drizzle's own mapper would make;
 * it looks at the columns once instead of at every row. `joined` tells which tables a row always has.
 */
export function rowDecoder(
  fields: readonly SelectedField[],
  joined: Record<string, boolean> | undefined,
): (row: readonly unknown[]) => unknown {
  const steps = fields.map(({ path, field }) => {
    const [first = '', second] = path;
    return second === undefined
      ? { group: undefined, name: first, decode: decoderOf(field) }
      : { group: first, name: second, decode: decoderOf(field) };
  });
  // A group of one table's columns becomes null when a LEFT JOIN found no row: its first column is null then.
  const nullable = new Map<string, number>();
  for (const [i, { path, field }] of fields.entries()) {
    const [group = ''] = path;
    const table = is(field, Column) && path.length === 2 ? getTableName(field.table) : undefined;
    if (table !== undefined && joined?.[table] === false && !nullable.has(group)) nullable.set(group, i);
  }
  return (row) => {
    const result: Record<string, unknown> = {};
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (step === undefined) continue;
      const { group, name, decode } = step;
      const raw = row[i];
      const value = raw === null || decode === undefined ? raw : decode(raw);
      if (group === undefined) result[name] = value;
      else ((result[group] ??= {}) as Record<string, unknown>)[name] = value;
    }
    for (const [group, first] of nullable) if (row[first] === null) result[group] = null;
    return result;
  };
}
