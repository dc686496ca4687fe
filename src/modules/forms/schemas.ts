import * as v from 'valibot';
import { Form } from '../../http/schemas.ts';

export const NamedForm = v.object({ name: v.string(), ...Form.entries });

export const FormList = v.array(
  v.object({ name: v.string(), title: v.string(), submit: Form.entries.submit }),
);

export const FormParams = v.object({ name: v.pipe(v.string(), v.maxLength(100)) });
