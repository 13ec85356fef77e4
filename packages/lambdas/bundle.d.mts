export const FUNCTIONS: readonly ('ingestor' | 'decorator' | 'inventory')[];
export function bundleFunction(name: string, folder: string): Promise<void>;
export function addGeography(folder: string): void;
