import { sameIgnoringCase } from '../../runtime/text.ts';

/**
 * What the tasks write into the description of an assignment: for whom they made it. Azure allows one assignment for
 * each role, principal and scope, so several clusters may need the same one; whoever removes it first must not take it
 * from the others.
 */
export interface Marker {
  /** Each as in `AksRoleGrants for cluster aks-1 (resource group rg, subscription 1f2e3d4c)`. */
  readonly makers: readonly string[];
  /** Others, which the description has no room for. */
  readonly more: boolean;
  /** The user's own text. */
  readonly note?: string;
}

const START = 'Made by Keyless Pods';
const BETWEEN = '; ';
const MORE = 'and more';
const NOTE = ' - ';

/** Neither specification nor documentation gives a limit for a description; assumed to be 1024, as in like places. */
const ROOM = 1000;

/** Undefined for a description that no task wrote. */
export function readMarker(description: string): Marker | undefined {
  if (!description.startsWith(START)) return undefined;
  const at = description.indexOf(NOTE);
  const head = at < 0 ? description : description.slice(0, at);
  const names = head
    .slice(START.length)
    .replace(/^:/, '')
    .split(BETWEEN)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return {
    makers: names.filter((name) => name !== MORE),
    more: names.includes(MORE),
    ...(at < 0 ? {} : { note: description.slice(at + NOTE.length) }),
  };
}

export function writeMarker({ makers, more, note }: Marker): string {
  const names = more ? [...makers, MORE] : makers;
  return `${START}: ${names.join(BETWEEN)}${note === undefined ? '' : `${NOTE}${note}`}`;
}

/** The description of an assignment that is made anew. */
export function newMarker(maker: string, note?: string): Marker {
  return { makers: [maker], more: false, ...(note === undefined ? {} : { note }) };
}

export function includesMaker({ makers }: Marker, maker: string): boolean {
  return makers.some((each) => sameMaker(each, maker));
}

/** With the maker, or with "and more" where there is no room for one. */
export function withMaker(marker: Marker, maker: string): Marker {
  if (includesMaker(marker, maker)) return marker;
  const longer = { ...marker, makers: [...marker.makers, maker] };
  return writeMarker(longer).length > ROOM ? { ...marker, more: true } : longer;
}

export function withoutMaker(marker: Marker, maker: string): Marker {
  return { ...marker, makers: marker.makers.filter((each) => !sameMaker(each, maker)) };
}

/** Whether somebody else needs the assignment. */
export function isShared(marker: Marker, maker: string): boolean {
  return marker.more || withoutMaker(marker, maker).makers.length > 0;
}

/** As a plan names them. */
export function makersText({ makers, more }: Marker): string {
  return (more ? [...makers, 'more'] : makers).join(', ') || 'nobody';
}

/** Version 1.1 of the task named a cluster without its group and subscription. */
function sameMaker(left: string, right: string): boolean {
  if (sameIgnoringCase(left, right)) return true;
  const [bareLeft, bareRight] = [bare(left), bare(right)];
  return (left === bareLeft || right === bareRight) && sameIgnoringCase(bareLeft, bareRight);
}

function bare(maker: string): string {
  return maker.replace(/ \([^()]*(\([^()]*\)[^()]*)*\)$/, '');
}
