/**
 * Names, addresses of files and filters come from outside. What a terminal would obey in them is shown as JSON writes
 * it, `\u001b`, so that a JSON document that holds it keeps its meaning.
 */

/** C0 but tab and line end, C1, and what changes the direction of text or ends a line unseen. */
const CONTROL = '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]';
const ANY = new RegExp(CONTROL, 'g');
/** The same, and, left as they are, the styles that our own colours begin and end with. */
const ANY_OR_STYLE = new RegExp(`\\u001b\\[(?:[0-2]|22|3[0-79]|9[0-7])m|${CONTROL}`, 'g');

export const escapeControls = (text: string): string => text.replace(ANY, escapeOne);

/** For text that may hold colours of ours. */
export const escapeAllButStyles = (text: string): string =>
  text.replace(ANY_OR_STYLE, (found) => (found.length > 1 ? found : escapeOne(found)));

const escapeOne = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
