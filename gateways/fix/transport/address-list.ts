/**
 * Which addresses may connect: single ones and networks ("10.1.0.0/16", "2001:db8::/32"). An IPv4
 * address that comes mapped into IPv6 (::ffff:10.1.2.3) is the IPv4 address.
 */
import net from 'node:net';
import { GyrfalconError } from '../../../engine/errors.ts';

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const PREFIX = /^\d{1,3}$/;

/** The address as people write it; a zone ("%eth0") says nothing about who it is. */
export function plainAddress(address: string): string {
  const bare = address.split('%', 1)[0]!;
  return MAPPED.exec(bare)?.[1] ?? bare;
}

export class AddressList {
  readonly #allowed = new net.BlockList();

  /** `where`: the setting that holds them, for a message to people. */
  constructor(entries: readonly string[], where: string) {
    for (const [index, entry] of entries.entries()) this.#add(entry, `${where}[${index}]`);
  }

  allows(address: string): boolean {
    const plain = plainAddress(address);
    const version = net.isIP(plain);
    return version !== 0 && this.#allowed.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  }

  #add(entry: string, where: string): void {
    const [address = '', prefix, ...rest] = entry.split('/');
    const plain = plainAddress(address);
    const version = net.isIP(plain);
    const bits = version === 4 ? 32 : 128;
    const isPrefix = prefix === undefined || (PREFIX.test(prefix) && Number(prefix) <= bits);
    const isMappedNetwork = prefix !== undefined && plain !== address;
    if (version === 0 || !isPrefix || isMappedNetwork || rest.length > 0) {
      const text = `${where} is "${entry}": write an address or a network, such as 10.1.2.3, 10.1.0.0/16 or 2001:db8::/32`;
      throw new GyrfalconError('CONFIG_INVALID', text, { where, entry });
    }
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (prefix === undefined) this.#allowed.addAddress(plain, family);
    else this.#allowed.addSubnet(plain, Number(prefix), family);
  }
}
