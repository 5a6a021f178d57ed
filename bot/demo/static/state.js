// What the page knows of the demo: the place, and what comes with each of simcord's reads of its state; and how to act.

export const place = JSON.parse(document.querySelector('meta[name="demo-place"]').content);

const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const original = window.fetch.bind(window);
const listeners = [];
let context = null;

export const state = { places: [], menus: { message: [], user: [] }, typing: false };

/** Calls `listener` after each read. */
export function onState(listener) {
  listeners.push(listener);
}

// The page asks for its state twice a second. On the way we add who opens it and which channel, give it the visitor's
// own time zone, take out what is ours, and keep simcord's own list of commands shut: composer.js has another.
export function watchReads() {
  window.fetch = async (resource, options) => {
    const path = String(resource);
    const opening = path === "/api/pages";
    const answer = await original(opening ? `${path}${location.search}` : resource, options);
    if (path === "/api/state" && answer.status === 410) location.reload(); // asleep for too long
    if (!(opening || path === "/api/state") || !answer.ok) return answer;
    const { demo, ...rest } = await answer.json();
    context = rest.context.id;
    rest.profile.timezone = timezone;
    if (rest.commands) rest.commands.state = "empty";
    Object.assign(state, demo);
    for (const listener of listeners) listener(state);
    return Response.json(rest);
  };
}

/** Has the demo do `kind`; its answer, whose `trouble` is a sentence or empty. */
export async function act(kind, body, files = {}) {
  const form = new FormData();
  form.append("payload", JSON.stringify({ ...body, kind: `demo.${kind}`, values: {} }));
  for (const [name, file] of Object.entries(files)) form.append(`file:${name}`, file, file.name);
  const headers = { "X-Simcord-Capability": location.hash.slice(1), "X-Simcord-Context": context };
  try {
    const answer = await original("/api/action", { method: "POST", headers, body: form, cache: "no-store" });
    if (answer.status === 413) return { trouble: "The file is too large: at most 10 MB." };
    if (!answer.ok) return { trouble: "That did not work: the demo has ended, or this tab was asleep for too long." };
    return await answer.json();
  } catch {
    return { trouble: "No connection to the demo. Is it still running?" };
  }
}

/** Has simcord read its state now instead of within half a second: it does so when a page comes back. */
export function wake() {
  for (const kind of ["pagehide", "pageshow"]) window.dispatchEvent(new PageTransitionEvent(kind, { persisted: true }));
}

/** The address of this tab with other values: a channel is an address of its own, so that two tabs show two tables. */
export function address(changes) {
  const asked = new URLSearchParams(location.search);
  asked.delete("message");
  for (const [name, value] of Object.entries(changes)) if (value) asked.set(name, value);
  return `/?${asked}${location.hash}`;
}
