/** What a browser keeps: one JSON value per key. Without storage (private windows) everything works, nothing stays. */

export const readStored = (key: string): unknown => {
  try {
    return JSON.parse(localStorage.getItem(`flowfit:${key}`) ?? 'null');
  } catch {
    return null;
  }
};

export const writeStored = (key: string, value: unknown): void => {
  try {
    localStorage.setItem(`flowfit:${key}`, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the choice lasts until the page is closed.
  }
};
