import { asc, eq } from 'drizzle-orm';
import type { Ctx } from '../context.ts';
import { appointments } from '../modules/appointments/tables.ts';
import {
  diagnoses,
  historyTemplates,
  historyTemplateVersions,
  medicalHistories,
  treatments,
} from '../modules/clinical/tables.ts';
import type { TemplateField } from '../modules/clinical/template-field.ts';
import { localDay } from '../time.ts';
import { bulkInsert } from '../db/bulk-insert.ts';
import { plusDays } from './plan.ts';
import type { Random } from './random.ts';

const MARK = 'Dato de demostración';

type Finding = { code: string; name: string; symptoms: string; plan: string };

const FINDINGS: readonly [Finding, ...Finding[]] = [
  {
    code: 'M54.5',
    name: 'Lumbago',
    symptoms: 'Dolor en la zona lumbar al levantarse',
    plan: 'Masoterapia lumbar',
  },
  {
    code: 'M54.2',
    name: 'Cervicalgia',
    symptoms: 'Rigidez del cuello y cefalea',
    plan: 'Masoterapia cervical',
  },
  {
    code: 'G44.2',
    name: 'Cefalea tensional',
    symptoms: 'Presión en la frente por las tardes',
    plan: 'Reflexología podal',
  },
  { code: 'F43.2', name: 'Estrés', symptoms: 'Tensión muscular e irritabilidad', plan: 'Aromaterapia' },
  { code: 'G47.0', name: 'Insomnio', symptoms: 'Despertares frecuentes', plan: 'Reflexología podal' },
  {
    code: 'R60.0',
    name: 'Edema de piernas',
    symptoms: 'Piernas pesadas e hinchadas',
    plan: 'Drenaje linfático',
  },
];

const SECTIONS = ['Anamnesis', 'Examen físico', 'Plan'];

const field = (
  section: string,
  name: string,
  label: string,
  field_type: TemplateField['field_type'],
  validation_rules: TemplateField['validation_rules'] = {},
  is_required = false,
): TemplateField => ({ name, label, section, field_type, validation_rules, is_required, order_index: 0 });

const FIELDS = [
  field('Anamnesis', 'reason', 'Motivo de consulta', 'text', { maxLength: 200 }, true),
  field('Anamnesis', 'since', 'Desde cuándo', 'date'),
  field('Anamnesis', 'pregnant', 'Embarazo', 'checkbox'),
  field('Examen físico', 'pressure', 'Presión arterial', 'text', { pattern: String.raw`\d{2,3}/\d{2,3}` }),
  field('Examen físico', 'pain', 'Dolor (0 a 10)', 'number', { min: 0, max: 10 }, true),
  field('Examen físico', 'zone', 'Zona', 'select', {
    options: ['Pies', 'Manos', 'Espalda', 'Cuello', 'Piernas'],
  }),
  field('Plan', 'plan', 'Plan de sesiones', 'textarea', { maxLength: 2_000 }),
].map((one, index) => ({ ...one, order_index: index }));

type Visit = { patientId: number; therapistId: number; day: string };

/** Writes diagnoses, treatments and histories for most of the patients who have been treated; the first always. */
export async function makeClinicalRecords(tx: Ctx, random: Random): Promise<void> {
  const visits = (await firstVisits(tx)).filter((_, index) => index === 0 || random.chance(0.7));
  const templateId = await makeTemplate(tx);
  const cases = visits.map((visit) => ({ ...visit, ...random.pick(FINDINGS) }));
  const diagnosisIds = await bulkInsert(
    tx.db,
    diagnoses,
    cases.map(({ patientId, therapistId, day, code, name, symptoms, plan }) => ({
      patientId,
      therapistId,
      code,
      name,
      symptoms,
      observations: MARK,
      treatmentPlan: plan,
      diagnosisDate: day,
    })),
  );
  await bulkInsert(
    tx.db,
    treatments,
    cases.map(({ patientId, therapistId, day, plan }, index) => {
      const planned = 4 + random.below(9);
      const done = random.below(planned + 1);
      return {
        patientId,
        therapistId,
        diagnosisId: diagnosisIds[index] ?? null,
        treatmentType: 'therapy' as const,
        description: `${plan}: ${planned} sesiones`,
        durationWeeks: planned,
        sessionsPlanned: planned,
        sessionsDone: done,
        status:
          done === planned
            ? ('completed' as const)
            : random.chance(0.1)
              ? ('paused' as const)
              : ('active' as const),
        startDate: day,
        endDate: plusDays(day, 7 * planned),
      };
    }),
  );
  await bulkInsert(
    tx.db,
    medicalHistories,
    cases.map(({ patientId, therapistId, day, name, plan }) => ({
      patientId,
      therapistId,
      templateId,
      templateVersion: 1,
      historyDate: day,
      fieldsData: {
        reason: name,
        since: plusDays(day, -random.below(60)),
        pregnant: false,
        pressure: `${105 + random.below(30)}/${65 + random.below(20)}`,
        pain: 1 + random.below(9),
        zone: random.pick(['Pies', 'Espalda', 'Cuello']),
        plan,
      },
    })),
  );
}

/** The first completed visit of each patient, in the order of the patients. */
async function firstVisits(tx: Ctx): Promise<Visit[]> {
  const rows = await tx.db
    .select({
      patientId: appointments.patientId,
      therapistId: appointments.therapistId,
      dateTime: appointments.dateTime,
    })
    .from(appointments)
    .where(eq(appointments.status, 'completed'))
    .orderBy(asc(appointments.patientId), asc(appointments.dateTime));
  const { timeZone } = tx.services.config;
  const first = new Map<number, Visit>();
  for (const { patientId, therapistId, dateTime } of rows) {
    if (first.has(patientId)) continue;
    first.set(patientId, { patientId, therapistId, day: localDay(dateTime, timeZone) });
  }
  return [...first.values()];
}

async function makeTemplate(tx: Ctx): Promise<number> {
  const [{ insertId: templateId }] = await tx.db
    .insert(historyTemplates)
    .values({ name: 'Historia de reflexología', description: MARK });
  await tx.db
    .insert(historyTemplateVersions)
    .values({ templateId, version: 1, sections: SECTIONS, fields: FIELDS, createdAt: tx.now });
  return templateId;
}
