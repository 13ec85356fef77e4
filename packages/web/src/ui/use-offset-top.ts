/** How far below the top of the page an element begins, followed as what stands above it grows and shrinks. */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

export const useOffsetTop = <Element extends HTMLElement>(): readonly [RefObject<Element | null>, number] => {
  const ref = useRef<Element>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setTop(ref.current?.offsetTop ?? 0);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  return [ref, top];
};
