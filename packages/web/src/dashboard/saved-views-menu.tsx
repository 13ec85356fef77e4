/** Saved views: keep this address under a name, go back to others. */
import { type FormEvent, useState } from 'react';
import { navigate } from '../router.tsx';
import { useSavedViews } from '../state/saved-views.ts';
import { Button, IconButton, PrimaryButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Popover } from '../ui/popover.tsx';

export const SavedViewsMenu = () => {
  const { views, save, forget } = useSavedViews();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') return;
    save({ name: name.trim(), search: window.location.search === '' ? '?' : window.location.search });
    setName('');
  };
  return (
    <Popover
      label="Saved views"
      align="end"
      open={open}
      onOpenChange={setOpen}
      className="w-72"
      trigger={
        <Button aria-label="Saved views">
          <Icon name="bookmark" className="size-3.5 text-faint" />
          <span className="max-sm:hidden">Views</span>
        </Button>
      }
    >
      {views.length === 0 ? (
        <p className="px-2 py-1 text-xs text-faint">Nothing saved yet. A view keeps time, filters and measure.</p>
      ) : (
        <ul>
          {views.map((view) => (
            <li key={view.name} className="group flex items-center rounded hover:bg-sunken">
              <button
                type="button"
                className="min-w-0 flex-1 truncate px-2 py-1 text-left"
                onClick={() => {
                  navigate(`/${view.search}`);
                  setOpen(false);
                }}
              >
                {view.name}
              </button>
              <IconButton
                icon="cross"
                label={`Forget view ${view.name}`}
                className="size-7"
                onClick={() => forget(view.name)}
              />
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={submit} className="mt-2 flex gap-2 border-t border-line pt-2">
        <input
          aria-label="Name of the view"
          placeholder="Name of this view"
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.target.value)}
          className="h-8 min-w-0 flex-1 rounded-md border border-line-strong bg-panel px-2 text-sm"
        />
        <PrimaryButton type="submit" disabled={name.trim() === ''}>
          Save
        </PrimaryButton>
      </form>
    </Popover>
  );
};
