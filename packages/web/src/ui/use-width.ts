/** The width of an element in pixels, followed as it changes; 0 before it is known. */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

export const useWidth = <Element extends HTMLElement>(): readonly [RefObject<Element | null>, number] => {
  const ref = useRef<Element>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
};
