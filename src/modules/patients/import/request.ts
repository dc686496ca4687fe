import { user } from '../../../access/ownership.ts';
import { type Ctx, transaction } from '../../../context.ts';
import { audit } from '../../../db/audit.ts';
import { emit } from '../../../db/outbox.ts';
import { InvalidField } from '../../../errors.ts';
import { storeNoted } from '../../../files/store-noted.ts';
import { importPatients } from '../jobs.ts';
import { patientImports } from '../tables.ts';
import { forgetOldImports } from './forget.ts';
import { formatOf } from './read-rows.ts';

type Upload = { file: File; dry_run?: boolean | undefined; confirm_duplicate?: boolean | undefined };

const NOT_A_SHEET = {
  es: 'No es un archivo CSV ni un libro de Excel (.xlsx). Si es un .xls o tiene contraseña, guárdelo como .xlsx sin contraseña.',
  en: 'Is neither a CSV file nor an Excel workbook (.xlsx). Save an .xls, or one with a password, as .xlsx without one.',
};

/**
 * Takes a file of patients, to be imported by a job. The file is kept until the job has ended.
 * @throws InvalidField when its content is neither CSV nor XLSX
 */
export async function requestImport(
  ctx: Ctx,
  { file, dry_run: dryRun, confirm_duplicate: confirmed }: Upload,
) {
  const bytes = await file.bytes();
  if (formatOf(bytes) === null) throw new InvalidField('file', NOT_A_SHEET);
  const fileKey = `imports/${crypto.randomUUID()}`;
  return storeNoted(ctx, fileKey, bytes, () =>
    transaction(ctx, async (tx) => {
      await forgetOldImports(tx);
      const values = {
        requestedBy: user(tx).userId,
        language: tx.language,
        fileName: nameOf(file),
        fileKey,
        dryRun: dryRun ?? false,
        confirmDuplicate: confirmed ?? false,
        createdAt: tx.now,
      };
      const [{ insertId: id }] = await tx.db.insert(patientImports).values(values);
      await emit(tx, importPatients, { importId: id });
      const after = {
        dry_run: values.dryRun,
        confirm_duplicate: values.confirmDuplicate,
        bytes: bytes.length,
      };
      await audit(tx, { action: 'request', entity: 'patient_import', entityId: id, after });
      return { id, status_url: new URL(`/api/patients/imports/${id}/`, tx.url).href };
    }),
  );
}

/** The sender's name for the file, to be shown: without folders and control characters. */
const nameOf = (file: File): string =>
  (file.name.split(/[\\/]/).at(-1) ?? '').replace(/\p{Cc}/gu, '').slice(0, 255) || 'archivo';
