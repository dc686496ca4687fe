import type { Ctx } from '../../context.ts';

/** Whose data is asked for. */
export type Subject = { patientId: number; userId: number | null; fullName: string; documentNumber: string };

/** What is to follow an erasure: audit details to empty in its transaction; files and sessions after its commit. */
export type Erased = {
  audited?: readonly { entity: string; ids: readonly number[] }[];
  files?: readonly string[];
  sessions?: readonly string[];
};

/** What one domain keeps of a patient. Each domain that does has one, in its `personal-data.ts`. */
export type PersonalData = {
  /** All of it, by the name of each part in the exported file; reads in the caller's transaction. */
  read: (tx: Ctx, subject: Subject) => Promise<Record<string, unknown>>;
  /** Makes it say nothing about the person; what the books need stays. */
  erase: (tx: Ctx, subject: Subject) => Promise<Erased>;
};
