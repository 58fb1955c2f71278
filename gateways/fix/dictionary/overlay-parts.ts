/**
 * Changes what a message, the header or a group holds, as an overlay says: fields added, made
 * required or optional, groups extended. Components that a change falls into are spelt out, so that
 * other messages keep theirs.
 */
import type {
  DictionaryFile,
  PackedFieldRow,
  PackedGroup,
  PackedPart,
  PackedParts,
} from './dictionary-file.ts';
import type { OverlayMember } from './overlay-schema.ts';

export type OverlayPath = readonly (string | number)[];

export interface OverlayMistake {
  /** In the overlay. */
  readonly path: OverlayPath;
  /** What the value there is, and what it should be. */
  readonly text: string;
}

export interface OverlayGround {
  readonly file: DictionaryFile;
  readonly fields: ReadonlyMap<number, PackedFieldRow>;
  readonly mistakes: OverlayMistake[];
}

/** The parts with the changes made; what does not fit is left out and noted. */
export function changeParts(
  parts: PackedParts,
  changes: readonly OverlayMember[],
  path: OverlayPath,
  ground: OverlayGround,
): PackedParts {
  let changed = [...parts];
  const seen = new Set<number>();
  for (const [index, change] of changes.entries()) {
    const place = [...path, index];
    const text = mistakeOf(change, seen, place, ground);
    seen.add(change.tag);
    if (text === undefined) changed = changeOne(changed, change, place, ground);
    else ground.mistakes.push({ path: [...place, 'tag'], text });
  }
  return changed;
}

function mistakeOf(
  { tag }: OverlayMember,
  seen: ReadonlySet<number>,
  path: OverlayPath,
  { file, fields }: OverlayGround,
): string | undefined {
  if (seen.has(tag)) return `is ${tag}, which stands there before: give a tag once`;
  const row = fields.get(tag);
  if (row === undefined) return `is ${tag}, which no dictionary has: add it to fields`;
  if (path[0] === 'header' || !tagsOf(file, [...file.header, ...file.trailer]).has(tag)) return;
  return `is ${tag}, ${row[1]} of the header or trailer: change it under header`;
}

function tagsOf(file: DictionaryFile, parts: PackedParts): Set<number> {
  return new Set(
    parts.flatMap((part) => {
      if (typeof part === 'number') return [Math.abs(part)];
      if (isGroup(part)) return [part[0], ...tagsOf(file, part[2])];
      return [...tagsOf(file, file.components[part[0]]!)];
    }),
  );
}

function changeOne(
  parts: PackedPart[],
  change: OverlayMember,
  path: OverlayPath,
  ground: OverlayGround,
): PackedPart[] {
  const at = indexOf(parts, change.tag, ground.file);
  const found = parts[at];
  if (found !== undefined && isComponent(found)) {
    const spelt = spellOut(found, ground.file);
    return changeOne(parts.toSpliced(at, 1, ...spelt), change, path, ground);
  }
  const part = changedPart(found, change, path, ground);
  if (change.after === undefined) {
    return at < 0 ? [...parts, part] : parts.toSpliced(at, 1, part);
  }
  return putAfter(at < 0 ? parts : parts.toSpliced(at, 1), part, change.after, path, ground);
}

function putAfter(
  parts: PackedPart[],
  part: PackedPart,
  after: number,
  path: OverlayPath,
  ground: OverlayGround,
): PackedPart[] {
  const at = indexOf(parts, after, ground.file);
  const found = parts[at];
  if (found === undefined) {
    const text = `is ${after}, which does not stand there`;
    ground.mistakes.push({ path: [...path, 'after'], text });
    return parts;
  }
  if (!isComponent(found)) return parts.toSpliced(at + 1, 0, part);
  const spelt = parts.toSpliced(at, 1, ...spellOut(found, ground.file));
  return putAfter(spelt, part, after, path, ground);
}

function changedPart(
  old: PackedPart | undefined,
  change: OverlayMember,
  path: OverlayPath,
  ground: OverlayGround,
): PackedPart {
  const { tag, required, fields } = change;
  const isOldGroup = old !== undefined && isGroup(old);
  const flag = required ? 1 : 0;
  if (fields === undefined) return isOldGroup ? [tag, flag, old[2]] : required ? tag : -tag;
  if (old !== undefined && !isOldGroup) {
    const text = `are given, but ${tag} stands there already and counts no entries`;
    ground.mistakes.push({ path: [...path, 'fields'], text });
  }
  const members = fields as readonly OverlayMember[];
  const inner = changeParts(isOldGroup ? old[2] : [], members, [...path, 'fields'], ground);
  return [tag, flag, inner];
}

/** Where the tag, or the component that it stands in, is; groups hide what they hold. */
function indexOf(parts: PackedParts, tag: number, file: DictionaryFile): number {
  return parts.findIndex((part) => {
    if (typeof part === 'number') return Math.abs(part) === tag;
    if (isGroup(part)) return part[0] === tag;
    return indexOf(file.components[part[0]]!, tag, file) >= 0;
  });
}

/** The component's parts; nothing in an optional one is required. */
function spellOut([name, required]: readonly [string, 0 | 1], file: DictionaryFile): PackedPart[] {
  return file.components[name]!.map((part) => {
    if (required === 1) return part;
    if (typeof part === 'number') return -Math.abs(part);
    return isGroup(part) ? [part[0], 0, part[2]] : [part[0], 0];
  });
}

const isGroup = (part: PackedPart): part is PackedGroup =>
  typeof part !== 'number' && part.length === 3;

const isComponent = (part: PackedPart): part is readonly [string, 0 | 1] =>
  typeof part !== 'number' && part.length === 2;
