/**
 * What the XML of the npm package jspurefix has wrong or lacks against the standard's repository,
 * as far as a message check would notice. Each row says why; scripts/build-dictionaries.mjs applies
 * them in order and stops when one no longer fits, so that a newer package cannot be repaired
 * twice. Everything else agrees with the public QuickFIX dictionaries 1.16 field by field.
 *
 * A place is `header`, a message's name, `component Name`, and groups below it: `Logon/NoMsgTypes`.
 */

/**
 * @typedef {{ why: string } & (
 *   | { do: 'type', field: string, from: string, to: string }
 *   | { do: 'value', field: string, from: string, to: string }
 *   | { do: 'add', to: string, after: string, fields: string[] }
 *   | { do: 'drop', from: string, field: string }
 *   | { do: 'dropField', field: string }
 *   | { do: 'require', in: string, field: string }
 *   | { do: 'message', msgType: string, name: string, category: 'admin' | 'app' }
 * )} Repair
 */

/** @type {Readonly<Record<string, readonly Repair[]>>} */
const REPAIRS = {
  'FIX.4.2': [
    {
      do: 'value',
      field: 'MessageEncoding',
      from: 'SHIFT_JIS',
      to: 'Shift_JIS',
      why: 'FIX 4.2 writes the name so; values are compared byte for byte',
    },
  ],
  'FIX.4.4': [
    {
      do: 'type',
      field: 'MiscFeeType',
      from: 'CHAR',
      to: 'STRING',
      why: 'its values 10, 11 and 12 are no single characters',
    },
    {
      do: 'type',
      field: 'MassCancelRejectReason',
      from: 'CHAR',
      to: 'STRING',
      why: 'its value 99 (other) is no single character',
    },
  ],
  'FIX.5.0SP2': [
    {
      do: 'add',
      to: 'header',
      after: 'MsgType',
      fields: ['ApplVerID', 'ApplExtID', 'CstmApplVerID'],
      why: 'FIXT.1.1 has them in the StandardHeader: any message may name its version',
    },
    {
      do: 'add',
      to: 'Reject',
      after: 'RefMsgType',
      fields: ['RefApplVerID', 'RefApplExtID', 'RefCstmApplVerID'],
      why: 'FIXT.1.1 names the version of the refused message',
    },
    {
      do: 'add',
      to: 'Logout',
      after: '',
      fields: ['SessionStatus'],
      why: 'FIXT.1.1 says with it why a Logon was refused',
    },
    {
      do: 'require',
      in: 'Logon',
      field: 'DefaultApplVerID',
      why: 'FIXT.1.1: the Logon agrees on the application version',
    },
    {
      do: 'add',
      to: 'Logon/NoMsgTypes',
      after: 'MsgDirection',
      fields: ['RefApplVerID', 'RefApplExtID', 'RefCstmApplVerID', 'DefaultVerIndicator'],
      why: 'FIXT.1.1 lets a Logon name a version per message type',
    },
    {
      do: 'message',
      msgType: 'n',
      name: 'XMLnonFIX',
      category: 'admin',
      why: 'it moved to FIXT.1.1 and was left behind',
    },
    {
      do: 'drop',
      from: 'component Instrument',
      field: 'Currency',
      why: 'no field of the component: with the message’s own Currency (15) it would stand twice',
    },
    {
      do: 'drop',
      from: 'component Instrument',
      field: 'InstrumentCustom',
      why: 'an example of the package (20460), not of the standard',
    },
    {
      do: 'dropField',
      field: 'InstrumentCustom',
      why: 'an example of the package (20460), not of the standard',
    },
  ],
};

/** Changes what dictionary-xml.mjs read; throws when a row does not fit what is there. */
export function repairDictionary(xml, version) {
  for (const repair of REPAIRS[version]) applyRepair(xml, repair);
}

function applyRepair(xml, repair) {
  const unfit = (what) => {
    throw new Error(`repair "${repair.do}" does not fit: ${what}; see dictionary-repairs.mjs`);
  };
  const fieldNamed = (name) =>
    xml.fields.find((field) => field.name === name) ?? unfit(`there is no field ${name}`);
  if (repair.do === 'type') {
    const field = fieldNamed(repair.field);
    if (field.type !== repair.from) unfit(`${repair.field} has type ${field.type}`);
    field.type = repair.to;
  } else if (repair.do === 'value') {
    const value = fieldNamed(repair.field).values.find(([text]) => text === repair.from);
    if (value === undefined) unfit(`${repair.field} has no value ${repair.from}`);
    value[0] = repair.to;
  } else if (repair.do === 'message') {
    const { msgType, name, category } = repair;
    if (xml.messages.some((message) => message.msgType === msgType)) unfit(`${name} exists`);
    xml.messages.push({ msgType, name, category, parts: [] });
  } else if (repair.do === 'dropField') {
    xml.fields.splice(xml.fields.indexOf(fieldNamed(repair.field)), 1);
  } else repairParts(xml, repair, unfit);
}

function repairParts(xml, repair, unfit) {
  const parts = partsAt(xml, repair.to ?? repair.from ?? repair.in) ?? unfit('no such place');
  const indexOf = (name) => parts.findIndex((part) => part.name === name);
  if (repair.do === 'add') {
    const after = indexOf(repair.after);
    if (repair.after !== '' && after < 0) unfit(`${repair.after} is not there`);
    if (repair.fields.some((name) => indexOf(name) >= 0)) unfit(`${repair.fields} is there`);
    const added = repair.fields.map((name) => ({ kind: 'field', name, required: false }));
    parts.splice(after + 1, 0, ...added);
    return;
  }
  const at = indexOf(repair.field);
  if (at < 0) unfit(`${repair.field} is not there`);
  if (repair.do === 'drop') parts.splice(at, 1);
  else if (parts[at].required) unfit(`${repair.field} is required`);
  else parts[at].required = true;
}

function partsAt(xml, place) {
  const [first, ...groups] = place.split('/');
  const component = first.startsWith('component ') ? first.slice(10) : undefined;
  let parts =
    first === 'header'
      ? xml.header
      : component !== undefined
        ? xml.components.get(component)
        : xml.messages.find(({ name }) => name === first)?.parts;
  for (const name of groups) parts = parts?.find((part) => part.name === name)?.parts;
  return parts;
}
