/** What the venue must know of its session's FIX version: whether it is 5.0 over FIXT.1.1. */
import { SES_BEGIN_LENGTH } from '../layout';

const FIXT_LENGTH: i32 = 8; // of "FIXT.1.1"; "FIX.4.4" is shorter

/** DisplayQty (1138) and ExecType (150) L came with FIX 5.0. */
export function isFixt(sessionBlock: i32): boolean {
  return load<i32>(sessionBlock + SES_BEGIN_LENGTH) === FIXT_LENGTH;
}
