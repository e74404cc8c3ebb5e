// What JSON.parse does not tell: whether an object has a key twice. The last one wins there, so two readers may see two
// different files.

/** The first key that occurs twice in one object of a valid JSON text, at any depth. */
export function findDuplicateKey(json: string): string | undefined {
  const keysOfOpenObjects: Set<string>[] = [];
  for (let i = 0; i < json.length; i++) {
    if (json[i] === '{') keysOfOpenObjects.push(new Set());
    else if (json[i] === '}') keysOfOpenObjects.pop();
    else if (json[i] === '"') {
      const end = endOfString(json, i);
      const keys = keysOfOpenObjects.at(-1);
      if (keys !== undefined && colonFollows(json, end)) {
        const key: string = JSON.parse(json.slice(i, end));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      i = end - 1;
    }
  }
  return undefined;
}

/** The index behind the closing quote. A loop, because a pattern runs out of stack over megabytes of escapes. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}

/** Of all strings only keys are followed by a colon. */
function colonFollows(json: string, start: number): boolean {
  let i = start;
  while (' \t\n\r'.includes(json.charAt(i)) && i < json.length) i++;
  return json[i] === ':';
}
