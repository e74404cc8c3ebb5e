// Finds duplicate keys in JSON. JSON.parse accepts them and uses the last one, while other parsers may use the first,
// so two readers would read different content from the same file.

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

/** The index after the closing quote. A regular expression would overflow the stack for megabytes of escapes. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}

/** Whether a colon follows, which is so for keys and for no other strings. */
function colonFollows(json: string, start: number): boolean {
  let i = start;
  while (' \t\n\r'.includes(json.charAt(i)) && i < json.length) i++;
  return json[i] === ':';
}
