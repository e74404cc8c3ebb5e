// `npm run pictures`: writes the pictures of the documentation.
import { writeFileSync } from 'node:fs';
import { PICTURES } from './pictures.ts';

for (const [name, draw] of Object.entries(PICTURES)) {
  writeFileSync(new URL(`../../docs/pictures/${name}.svg`, import.meta.url), draw());
}
