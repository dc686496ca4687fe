import type { Answer, TestApp } from '../harness.ts';
import { unique } from '../harness.ts';

export const PASSWORD = 'Correcta-caballo-7 ñandú';

/** What a client sends to register; every call is another person. */
export const person = (fields: Record<string, unknown> = {}) => {
  const n = unique();
  return {
    username: `persona${n}`,
    email: `persona${n}@example.com`,
    password: PASSWORD,
    password_confirm: PASSWORD,
    first_name: 'Ángela María',
    last_name: 'Núñez de la Torre',
    document_number: String(60_000_000 + n),
    ...fields,
  };
};

/** A registered person's input. */
export async function registered(app: TestApp, fields: Record<string, unknown> = {}) {
  const input = person(fields);
  const answer = await app.request('POST', '/api/auth/register/', { body: input });
  if (answer.status !== 201) throw new Error(`registering answers ${answer.status}: ${answer.text}`);
  return { ...input, id: Number(answer.json.user_info.id) };
}

/** Logs in from an address of its own, so that one test's failures do not count against another's. */
export const login = (
  request: TestApp['request'],
  username: string,
  password: string = PASSWORD,
  ip = `10.1.${unique() % 250}.${unique() % 250}`,
): Promise<Answer> =>
  request('POST', '/api/auth/login/', { body: { username, password }, headers: { 'x-forwarded-for': ip } });
