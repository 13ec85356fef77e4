/** CloudFormation templates in YAML: the short forms of intrinsic functions are tags there. */
import { parseDocument, type Tags, type YAMLMap, type YAMLSeq } from 'yaml';

const FUNCTIONS = [
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'ForEach', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join'],
  ...['Length', 'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform'],
];

/** `!Ref` and `!Condition` have no `Fn::` in their long form. */
const KEYS: readonly (readonly [tag: string, key: string])[] = [
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...FUNCTIONS.map((name) => [`!${name}`, `Fn::${name}`] as const),
];

const TAGS = KEYS.flatMap(([tag, key]) => [
  { tag, resolve: (text: string) => ({ [key]: text }) },
  { tag, collection: 'seq', resolve: (list: YAMLSeq | YAMLMap) => ({ [key]: list.toJSON() }) },
  { tag, collection: 'map', resolve: (map: YAMLSeq | YAMLMap) => ({ [key]: map.toJSON() }) },
]) as Tags;

/** The template as its long form in JSON, or what is wrong with the text. */
export const parseTemplate = (text: string): { readonly document: unknown } | { readonly fault: string } => {
  const parsed = parseDocument(text, { customTags: TAGS });
  const [error] = parsed.errors;
  // The message names line and column, then shows the place.
  if (error !== undefined) return { fault: error.message.split('\n', 1)[0]?.replace(/:$/, '') ?? error.code };
  try {
    return { document: parsed.toJS() };
  } catch (failure) {
    // Aliases that grow without end, or lead nowhere.
    return { fault: (failure as Error).message };
  }
};
