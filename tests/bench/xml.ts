export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The text that is directly in it, entities resolved. */
  text: string;
}

const TAG = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;

/**
 * The elements of an XML document in their order (XML 1.0, the part without declarations, comments and
 * CDATA).
 *
 * @throws {SyntaxError} for one that is not well-formed
 */
export function elements(xml: string): Element[] {
  const found: Element[] = [];
  const open: Element[] = [];
  TAG.lastIndex = 0;
  while (TAG.lastIndex < xml.length) {
    const at = TAG.lastIndex;
    const match = TAG.exec(xml);
    if (match === null) throw new SyntaxError(`neither tag nor text: ${xml.slice(at, at + 40)}`);
    const [, closing, name, attributes, empty, text] = match;
    if (text !== undefined) {
      const parent = open.at(-1);
      if (parent !== undefined) parent.text += resolve(text);
      else if (text.trim() !== "") throw new SyntaxError(`text outside of the document: ${text}`);
    } else if (closing) {
      if (open.pop()?.name !== name) throw new SyntaxError(`</${name}> closes what is not open`);
    } else {
      if (open.length === 0 && found.length > 0) throw new SyntaxError("a second document element");
      const element = { name: name!, attributes: attributesOf(attributes!), text: "" };
      found.push(element);
      if (!empty) open.push(element);
    }
  }
  if (open.length > 0) throw new SyntaxError(`<${open.at(-1)!.name}> is not closed`);
  if (found.length === 0) throw new SyntaxError("no document element");
  return found;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w:.-]+)="([^"]*)"/g)].map((
    [, name, value],
  ) => [name!, resolve(value!)]);
  const attributes = Object.fromEntries(pairs);
  if (Object.keys(attributes).length !== pairs.length) throw new SyntaxError(`an attribute twice: ${text}`);
  return attributes;
}

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function resolve(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));|&/g, (reference, code, name) => {
    if (code !== undefined) return String.fromCodePoint(Number(code));
    if (NAMED[name] === undefined) throw new SyntaxError(`no entity: ${reference}`);
    return NAMED[name];
  });
}
