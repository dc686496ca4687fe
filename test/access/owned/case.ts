import type { Client, TestApp } from '../../harness.ts';

/** The parameters of a path: `{ id: 7 }`. */
export type Params = Record<string, string | number>;

/** Routes about one record, and who the record belongs to. */
export type OwnedCase = {
  /** As the app declares them, with a body that would do where one is needed. */
  routes: Record<string, object | 'as it is' | undefined>;
  /** Makes a record that belongs to the person; null when a person of that role cannot have one. */
  make: (app: TestApp, owner: Client) => Promise<Params | null>;
  /** The list that shows the own records only. */
  list?: string;
  /** What somebody else's record answers: 404, or 403 where everybody may know that the record is there. */
  foreign?: 403;
};

/** What somebody else's record, for all to see, must not tell: asked of a GET that answers 200. */
export type OpenCase = Omit<OwnedCase, 'foreign'> & { hidden: string };
