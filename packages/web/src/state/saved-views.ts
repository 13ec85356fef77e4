/** Saved views: names for addresses of the dashboard, kept by this browser. */
import { useState } from 'react';
import { readStored, writeStored } from './storage.ts';

export interface SavedView {
  readonly name: string;
  /** The query string of the address, with its question mark. */
  readonly search: string;
}

const KEY = 'views';

const isView = (value: unknown): value is SavedView =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'search' in value &&
  typeof value.search === 'string' &&
  value.search.startsWith('?');

const readViews = (): readonly SavedView[] => {
  const stored = readStored(KEY);
  return Array.isArray(stored) ? stored.filter(isView) : [];
};

export const useSavedViews = () => {
  const [views, setViews] = useState(readViews);
  const keep = (next: readonly SavedView[]) => {
    writeStored(KEY, next);
    setViews(next);
  };
  return {
    views,
    /** Replaces the view of that name. */
    save: (view: SavedView) => keep([...views.filter(({ name }) => name !== view.name), view]),
    forget: (name: string) => keep(views.filter((view) => view.name !== name)),
  };
};
