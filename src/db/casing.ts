/** `birth_date` is `birthDate`. */
export type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** The properties of a table that an input's fields are for: `birth_date` is `birthDate`. */
export type ColumnsOf<Input> = {
  [Key in keyof Input as Camel<Key & string>]: Exclude<Input[Key], undefined>;
};

/** The property of a table that a wire field is for. */
export const columnName = (field: string): string =>
  field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** An input as values of a table's columns; fields that it does not have stay away. */
export const columnsOf = <Input extends object>(input: Input): ColumnsOf<Input> =>
  Object.fromEntries(
    Object.entries(input)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [columnName(field), value]),
  ) as ColumnsOf<Input>;
