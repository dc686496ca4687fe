import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';
import { clinicPeople } from './people.ts';

let app: TestApp;
let patient: Client;
let therapist: Client;
let stranger: Client;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  ({ patient, therapist, stranger, admin } = await clinicPeople(app));
});
afterAll(() => app.close());

const FIELDS = [
  { name: 'notes', label: 'Notas', section: 'Examen', field_type: 'textarea', order_index: 9 },
  { name: 'reason', label: 'Motivo', section: 'Anamnesis', field_type: 'text', is_required: true },
  {
    name: 'pressure',
    label: 'Presión arterial',
    section: 'Examen',
    field_type: 'text',
    validation_rules: { pattern: String.raw`\d{2,3}/\d{2,3}` },
    order_index: 3,
  },
  {
    name: 'pain',
    label: 'Dolor',
    section: 'Examen',
    field_type: 'number',
    validation_rules: { min: 0, max: 10 },
    is_required: true,
    order_index: 2,
  },
  {
    name: 'since',
    label: 'Desde',
    field_type: 'date',
    validation_rules: { min: '2020-01-01' },
    order_index: 4,
  },
  {
    name: 'side',
    label: 'Lado',
    field_type: 'select',
    validation_rules: { options: ['Izquierdo', 'Derecho'] },
    order_index: 5,
  },
  { name: 'smokes', label: 'Fuma', field_type: 'checkbox', order_index: 6 },
];

async function makeTemplate(fields: unknown[] = FIELDS): Promise<number> {
  const { json } = await admin.request('POST', '/api/history-templates/', {
    body: { name: `Historia ${unique()}`, sections: ['Anamnesis', 'Examen'] },
  });
  const put = await admin.request('PUT', `/api/history-templates/${json.id}/fields/`, { body: { fields } });
  expect(put.status).toBe(200);
  return json.id;
}

const write = (templateId: number, values: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  therapist.request('POST', '/api/medical-histories/', {
    body: { patient_id: patient.patientId, template_id: templateId, fields_data: values, ...more },
  });

const GOOD = {
  reason: 'Dolor lumbar',
  pain: 7,
  pressure: '120/80',
  since: '2026-01-05',
  side: 'Derecho',
  smokes: false,
};

describe('a template', () => {
  test('keeps every version of its fields, in their order', async () => {
    const id = await makeTemplate();
    const path = `/api/history-templates/${id}/`;
    const { json } = await therapist.request('GET', `${path}fields/`);
    expect(json).toMatchObject({ template_id: id, version: 2, sections: ['Anamnesis', 'Examen'] });
    expect(json.fields.map(({ name }: { name: string }) => name)).toEqual([
      'reason',
      'pain',
      'pressure',
      'since',
      'side',
      'smokes',
      'notes',
    ]);
    await admin.request('PUT', `${path}fields/`, {
      body: { fields: FIELDS.slice(1, 2), sections: ['Anamnesis'] },
    });
    expect((await therapist.request('GET', path)).json).toMatchObject({
      version: 3,
      sections: ['Anamnesis'],
    });
    expect((await therapist.request('GET', `${path}fields/?version=2`)).json).toEqual(json);
    expect((await therapist.request('GET', `${path}fields/?version=4`)).status).toBe(404);
  });

  test('has no new version without a change', async () => {
    const id = await makeTemplate();
    const path = `/api/history-templates/${id}/`;
    expect((await admin.request('PUT', `${path}fields/`, { body: { fields: FIELDS } })).json.version).toBe(2);
    const { json } = await admin.request('GET', path);
    expect((await admin.request('PUT', path, { body: json })).json.version).toBe(2);
    expect((await admin.request('PATCH', path, { body: { description: 'Otra' } })).json.version).toBe(2);
    const sections = ['Anamnesis', 'Examen', 'Plan'];
    expect((await admin.request('PATCH', path, { body: { sections } })).json).toMatchObject({
      version: 3,
      sections,
    });
  });

  test('two changes at once make two versions, or one gives way to the If-Match of the other', async () => {
    const path = `/api/history-templates/${await makeTemplate()}/`;
    const etag = (await admin.request('GET', path)).headers.get('etag') ?? '';
    const versions = await Promise.all(
      [1, 2].map(async (n) => {
        const fields = FIELDS.slice(0, n);
        return (await admin.request('PUT', `${path}fields/`, { body: { fields } })).json.version;
      }),
    );
    expect(versions.toSorted((a, b) => a - b)).toEqual([3, 4]);
    const late = await admin.request('PUT', `${path}fields/`, {
      body: { fields: [] },
      headers: { 'if-match': etag },
    });
    expect(late.status).toBe(412);
  });

  test.each([
    [[{ name: 'Peso', label: 'Peso', field_type: 'number' }], 'fields.0.name'],
    [[{ name: 'a', label: 'A', field_type: 'colour' }], 'fields.0.field_type'],
    [[{ name: 'a', label: 'A', field_type: 'select' }], 'fields.0.validation_rules'],
    [
      [{ name: 'a', label: 'A', field_type: 'number', validation_rules: { minLength: 2 } }],
      'fields.0.validation_rules',
    ],
    [
      [{ name: 'a', label: 'A', field_type: 'number', validation_rules: { min: '2020-01-01' } }],
      'fields.0.validation_rules',
    ],
    [
      [{ name: 'a', label: 'A', field_type: 'number', validation_rules: { min: 5, max: 1 } }],
      'fields.0.validation_rules',
    ],
    [
      [{ name: 'a', label: 'A', field_type: 'text', validation_rules: { pattern: '(a+)+' } }],
      'fields.0.validation_rules.pattern',
    ],
    [
      [{ name: 'a', label: 'A', field_type: 'text', validation_rules: { pattern: '[' } }],
      'fields.0.validation_rules.pattern',
    ],
    [
      [{ name: 'a', label: 'A', field_type: 'text', validation_rules: { pattern: '.*.*.*.*x' } }],
      'fields.0.validation_rules.pattern',
    ],
    [
      [{ name: 'a', label: 'A', field_type: 'text', validation_rules: { size: 3 } }],
      'fields.0.validation_rules.size',
    ],
    [[FIELDS[1], FIELDS[1]], 'fields'],
    [[{ name: 'a', label: 'A', field_type: 'text', section: 'Nueva' }], 'sections'],
  ])('refuses the fields %j', async (fields, path) => {
    const id = await makeTemplate();
    const { status, json } = await admin.request('PUT', `/api/history-templates/${id}/fields/`, {
      body: { fields },
    });
    expect([status, Object.keys(json.details)]).toEqual([400, [path]]);
  });

  test('is read by therapists, written by administrators, and no business of others', async () => {
    const id = await makeTemplate();
    const desk = await app.as('receptionist');
    for (const path of [`/api/history-templates/${id}/`, `/api/history-templates/${id}/fields/`]) {
      expect((await therapist.request('PUT', path, { body: { name: 'x', fields: [] } })).status).toBe(403);
      expect((await desk.request('GET', path)).status).toBe(403);
      expect((await patient.request('GET', path)).status).toBe(403);
    }
  });
});

describe('a history', () => {
  test('holds what the fields of the template ask for', async () => {
    const id = await makeTemplate();
    const { status, json } = await write(id, {
      ...GOOD,
      reason: '  Dolor lumbar ',
      notes: 'Línea 1\nLínea 2',
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      patient_id: patient.patientId,
      therapist_id: therapist.therapistId,
      template_id: id,
      template_version: 2,
      fields_data: { ...GOOD, notes: 'Línea 1\nLínea 2' },
    });
    expect((await patient.request('GET', `/api/medical-histories/${json.id}/`)).json).toEqual(json);
  });

  test('names every field that is wrong', async () => {
    const id = await makeTemplate();
    const { status, json } = await write(id, {
      pain: 11,
      pressure: '120-80',
      since: '2019-12-31',
      side: 'Arriba',
      smokes: 'no',
      weight: 70,
    });
    expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(Object.keys(json.details).toSorted()).toEqual(
      ['pain', 'pressure', 'reason', 'side', 'since', 'smokes', 'weight'].map(
        (name) => `fields_data.${name}`,
      ),
    );
    expect(json.details['fields_data.reason']).toEqual(['Es obligatorio.']);
    expect(JSON.stringify(json)).not.toContain('120-80');
  });

  test.each([
    [
      { field_type: 'text', validation_rules: { minLength: 3, maxLength: 4 } },
      ['abc', 'abcd'],
      ['ab', 'abcde', 3, 'a\nb'],
    ],
    [{ field_type: 'text', validation_rules: { pattern: 'a|b' } }, ['a', 'b'], ['ab', 'xa', 'ax']],
    [{ field_type: 'textarea', validation_rules: { maxLength: 3 } }, ['a\nb'], ['abcd', '', '  ']],
    [{ field_type: 'number', validation_rules: { min: -1.5 } }, [-1.5, 0, 1e6], [-2, '1', null]],
    [
      { field_type: 'date', validation_rules: { max: '2026-06-30' } },
      ['2026-06-30', '1900-01-01'],
      ['2026-07-01', '2026-02-30', 5],
    ],
    [{ field_type: 'select', validation_rules: { options: ['x', 'y'] } }, ['x'], ['z', '', 1]],
    [{ field_type: 'checkbox' }, [true, false], ['true', 1, null]],
  ])('checks a required %j', async (field, good, bad) => {
    const id = await makeTemplate([{ name: 'value', label: 'Valor', is_required: true, ...field }]);
    let day = 1;
    for (const [values, expected] of [
      [good, 201],
      [bad, 400],
    ] as const) {
      for (const value of values) {
        const history_date = `2026-01-${String(day++).padStart(2, '0')}`;
        const { status } = await write(id, { value }, { history_date });
        expect([value, status]).toEqual([value, expected]);
      }
    }
  });

  test('is one for a patient, template and day; also a deleted one stands in the way, and says so', async () => {
    const id = await makeTemplate();
    const { json } = await write(id, GOOD, { history_date: '2026-03-01' });
    const again = await write(id, GOOD, { history_date: '2026-03-01' });
    expect([again.status, again.json.code, Object.keys(again.json.details)]).toEqual([
      409,
      'CONFLICT',
      ['history_date'],
    ]);
    expect((await write(id, GOOD, { history_date: '2026-03-02' })).status).toBe(201);
    expect((await write(await makeTemplate(), GOOD, { history_date: '2026-03-01' })).status).toBe(201);
    await therapist.request('DELETE', `/api/medical-histories/${json.id}/`);
    const deleted = await write(id, GOOD, { history_date: '2026-03-01' });
    expect([deleted.status, deleted.json.details.history_date[0]]).toEqual([
      409,
      expect.stringMatching(/eliminado/),
    ]);
    const onto = await write(id, GOOD, { history_date: '2026-03-03' });
    const moved = await therapist.request('PATCH', `/api/medical-histories/${onto.json.id}/`, {
      body: { history_date: '2026-03-02' },
    });
    expect([moved.status, moved.json.details.history_date[0]]).toEqual([
      409,
      expect.not.stringMatching(/eliminado/),
    ]);
  });

  test('is corrected by the version it was written with, whatever the template has become', async () => {
    const id = await makeTemplate();
    const { json } = await write(id, GOOD);
    await admin.request('PUT', `/api/history-templates/${id}/fields/`, {
      body: { fields: [{ name: 'mood', label: 'Ánimo', field_type: 'text', is_required: true }] },
    });
    const path = `/api/medical-histories/${json.id}/`;
    const changed = await therapist.request('PATCH', path, { body: { fields_data: { ...GOOD, pain: 2 } } });
    expect(changed.json).toMatchObject({ template_version: 2, fields_data: { pain: 2 } });
    const wrong = await therapist.request('PATCH', path, { body: { fields_data: { mood: 'bien' } } });
    expect(Object.keys(wrong.json.details)).toContain('fields_data.mood');
    const same = await therapist.request('PUT', path, { body: changed.json });
    expect([same.status, same.json.fields_data]).toEqual([200, changed.json.fields_data]);
    const today = await write(id, { mood: 'bien' }, { history_date: '2026-02-02' });
    expect(today.json.template_version).toBe(3);
    const drawn = await write(id, GOOD, { history_date: '2026-02-03', template_version: 2 });
    expect(drawn.json.template_version).toBe(2);
    const never = await write(id, GOOD, { history_date: '2026-02-04', template_version: 9 });
    expect(Object.keys(never.json.details)).toEqual(['template_version']);
  });

  test('outlives its template, whose form can still be drawn', async () => {
    const id = await makeTemplate();
    const { json } = await write(id, GOOD);
    await admin.request('DELETE', `/api/history-templates/${id}/`);
    expect((await therapist.request('GET', `/api/medical-histories/${json.id}/`)).json).toEqual(json);
    expect(
      (await therapist.request('GET', `/api/history-templates/${id}/fields/?version=2`)).json.fields,
    ).toHaveLength(7);
    expect((await therapist.request('GET', `/api/history-templates/${id}/`)).status).toBe(404);
    expect(Object.keys((await write(id, GOOD, { history_date: '2026-02-02' })).json.details)).toEqual([
      'template_id',
    ]);
  });

  test('is found by patient, template, day and the template’s name', async () => {
    const other = await clinicPeople(app);
    const id = await makeTemplate();
    await other.therapist.request('POST', '/api/medical-histories/', {
      body: {
        patient_id: other.patient.patientId,
        template_id: id,
        fields_data: GOOD,
        history_date: '2026-04-04',
      },
    });
    const count = async (query: string) =>
      (await other.therapist.request('GET', `/api/medical-histories/?${query}`)).json.count;
    expect(await count('')).toBe(1);
    expect(await count(`template_id=${id}&date_from=2026-04-04&date_to=2026-04-04&search=historia`)).toBe(1);
    expect(await count('search=inexistente')).toBe(0);
    expect(await count(`patient_id=${patient.patientId}`)).toBe(0);
    expect((await stranger.request('GET', '/api/medical-histories/')).json.count).toBe(0);
  });
});
