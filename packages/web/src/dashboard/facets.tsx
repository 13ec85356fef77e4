/** The facets as chips: a click on the sign reverses, the box switches off and on, the cross removes. */
import { exclude, type Facet, include, remove, replace } from '../state/facets.ts';
import type { ScopeState } from '../state/scope.ts';
import { Icon } from '../ui/icon.tsx';
import { Switch } from '../ui/switch.tsx';

export const Facets = ({ state }: { readonly state: ScopeState }) => (
  <div className="mt-2 flex min-h-8 flex-wrap items-center gap-1.5">
    <ReturnTrafficSwitch state={state} />
    <span className="mx-1 h-4 w-px bg-line-strong max-sm:hidden" aria-hidden="true" />
    {state.facets.length === 0 ? (
      <span className="text-xs text-faint">Click a value below to filter by it, once more to leave it out.</span>
    ) : (
      <ul aria-label="Filters" className="contents">
        {state.facets.map((facet) => (
          <Chip key={`${facet.field}:${facet.value}`} facet={facet} setFacets={state.setFacets} />
        ))}
      </ul>
    )}
    {state.facets.length > 1 && (
      <button
        type="button"
        className="px-1.5 text-xs text-soft underline-offset-2 hover:underline"
        onClick={() => state.setFacets(() => [])}
      >
        Clear all
      </button>
    )}
  </div>
);

interface ChipProps {
  readonly facet: Facet;
  readonly setFacets: ScopeState['setFacets'];
}

const Chip = ({ facet, setFacets }: ChipProps) => {
  const { field, value, excluded, enabled } = facet;
  const shown = value === '' ? 'unknown' : value;
  const name = `${field} ${excluded ? 'is not' : 'is'} ${shown}`;
  const find = (facets: readonly Facet[]) =>
    facets.find((known) => known.field === field && known.value === value) ?? facet;
  return (
    <li
      data-facet={name}
      className={`inline-flex h-7 max-w-full items-center rounded-md border text-xs ${excluded ? 'border-reject/40 bg-reject-wash' : 'border-accept/40 bg-accept-wash'} ${enabled ? '' : 'border-dashed opacity-60'}`}
    >
      <label className="flex h-full cursor-pointer items-center pl-2" title={enabled ? 'Switch off' : 'Switch on'}>
        <input
          type="checkbox"
          checked={enabled}
          className="size-3 accent-accent"
          aria-label={`Use filter: ${name}`}
          onChange={() => setFacets((facets) => replace(facets, find(facets), { ...find(facets), enabled: !enabled }))}
        />
      </label>
      <span className="truncate pl-1.5 text-soft">{field}</span>
      <button
        type="button"
        title="Reverse"
        aria-label={`Reverse filter: ${name}`}
        className="mx-1 rounded px-1 font-semibold hover:bg-panel"
        onClick={() =>
          setFacets((facets) => (excluded ? include(facets, field, value) : exclude(facets, field, value)))
        }
      >
        {excluded ? 'is not' : 'is'}
      </button>
      <span className="truncate font-mono" title={shown}>
        {shown}
      </span>
      <button
        type="button"
        aria-label={`Remove filter: ${name}`}
        title="Remove"
        className="ml-1 grid h-full w-6 place-items-center rounded-r-md text-soft hover:bg-panel hover:text-ink"
        onClick={() => setFacets((facets) => remove(facets, find(facets)))}
      >
        <Icon name="cross" className="size-3" />
      </button>
    </li>
  );
};

const ReturnTrafficSwitch = ({ state }: { readonly state: ScopeState }) => (
  <Switch
    label="Hide return traffic"
    hint="Leaves out the packets that went back to whoever opened the connection. Where that is unknown, nothing is hidden."
    checked={state.hideReturn}
    onChange={state.setHideReturn}
  />
);
