/** JSON Schema, loaded only when a certificate is read. */
// Named by a static import: of a dynamic one, the bundle would only know the default.
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

/** What does not fit the schema, the deepest place first: of alternatives, all are reported. */
export const faultsOfShape = (document: unknown, schema: object): readonly ErrorObject[] => {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
  if (validate(document)) return [];
  return [...(validate.errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length);
};
