/**
 * The dictionary that a session is judged by: its version's, the counterparty's overlay over it,
 * and the credentials that its settings ask for where the version's Logon has no place for them
 * (553 and 554 came into it with FIX.4.3, 925 with FIXT.1.1).
 */
import type { FixSessionSettings } from '../../../config/fix-session.ts';
import type { Path } from '../../../config/yaml-source.ts';
import { type Dictionary, loadDictionary } from '../dictionary/dictionary.ts';
import { applyOverlay, tryOverlay } from '../dictionary/overlay.ts';
import { dictionaryOverlaySchema, type Overlay } from '../dictionary/overlay-schema.ts';
import { MsgType, Tag } from '../tags.ts';
import { beginStringOf } from '../version.ts';

const CREDENTIALS = [
  { tag: Tag.Username, name: 'Username' },
  { tag: Tag.Password, name: 'Password' },
  { tag: Tag.NewPassword, name: 'NewPassword' },
] as const;

/** `mistake`: the overlay does not fit the version; the path is one in the overlay. */
export function sessionDictionary(
  settings: FixSessionSettings,
  mistake: (path: Path, text: string) => void,
): Dictionary {
  const standard = withCredentials(loadDictionary(settings.version), settings);
  if (settings.overlay === null) return standard;
  const overlay = dictionaryOverlaySchema.parse(settings.overlay);
  const { dictionary, mistakes } = tryOverlay(standard, overlay);
  for (const { path, text } of mistakes) mistake(path, text);
  return dictionary;
}

function withCredentials(base: Dictionary, settings: FixSessionSettings): Dictionary {
  if (settings.role === 'initiator' || settings.logon === null) return base;
  const { username, password, isChangeable } = settings.logon;
  const isAsked = [username !== null, password !== null, isChangeable];
  const logon = base.message(MsgType.Logon)!;
  const missing = CREDENTIALS.filter(({ tag }, i) => isAsked[i] && !logon.body.byTag.has(tag));
  if (missing.length === 0) return base;
  const fields = missing.filter(({ tag }) => base.field(tag) === undefined);
  const overlay: Overlay = {
    beginString: beginStringOf(base.version) as Overlay['beginString'],
    fields: fields.map((field) => ({ ...field, type: 'STRING' })),
    messages: [
      {
        msgType: MsgType.Logon,
        name: logon.name,
        fields: missing.map(({ tag }) => ({ tag, required: false })),
      },
    ],
  };
  return applyOverlay(base, overlay);
}
