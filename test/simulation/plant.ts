import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { PlantedBug } from './planted-bugs.ts';

const ROOT = new URL('../../', import.meta.url).href;

/** Puts a bug into whatever is imported from now on. @throws unless it stands there just as it is looked for */
export function plant(bug: PlantedBug): void {
  registerHooks({
    load(url, context, nextLoad) {
      if (url !== `${ROOT}${bug.file}`) return nextLoad(url, context);
      const source = readFileSync(fileURLToPath(url), 'utf8');
      if (source.split(bug.find).length !== 2) throw new Error(`${bug.file} has no place for: ${bug.name}`);
      return {
        format: 'module-typescript',
        source: source.replace(bug.find, () => bug.put),
        shortCircuit: true,
      };
    },
  });
}
