import { h } from './dom.js';

const SHOWN_MS = 5_000;
let region = null;

/** Says something for a moment; screen readers read it. */
export function toast(text, isBad = false) {
  if (!region) {
    region = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
    document.body.append(region);
  }
  const item = h('div', { class: `toast fade${isBad ? ' bad' : ''}` }, text);
  region.append(item);
  setTimeout(() => item.remove(), SHOWN_MS);
}

/** Puts text on the clipboard and says so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`);
  } catch {
    toast('The browser does not let pages write to the clipboard here', true);
  }
}
