/**
 * The control token in the browser. It comes in the address's fragment, which never leaves the browser, or
 * is pasted; it is kept for this tab only, and the fragment is wiped at once so that no screenshot shows it.
 */
const KEY = 'gyrfalcon-token';

export function readToken(): string {
  const fragment = new URLSearchParams(location.hash.slice(1)).get('token');
  if (fragment !== null) {
    keepToken(fragment);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(KEY) ?? '';
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}
