// What an empty channel says, and its three ways to begin; what a forum says, with its posts.
import { element, button } from "./elements.js";
import { onState, place } from "./state.js";

export function welcome() {
  const icon = element("img", "");
  icon.src = "/demo/icon.png";
  icon.alt = "";
  const title = element("h2", "");
  const posts = element("div", "demo-posts");
  const block = element(
    "div",
    "demo-welcome",
    icon,
    title,
    element("p", "", `${place.topic} The bot is the real one; this Discord is simulated on your own computer.`),
    posts,
  );
  onState(({ places }) => {
    const at = places.findIndex(({ here }) => here);
    if (at < 0) return;
    const { name, kind } = places[at];
    title.textContent = kind === "thread" ? name : `Welcome to #${name}!`;
    document.body.classList.toggle("is-forum", kind === "forum");
    if (kind !== "forum") return;
    const after = places.slice(at + 1);
    const end = after.findIndex((other) => other.kind !== "thread");
    const own = after.slice(0, end < 0 ? undefined : end);
    const words = own.length ? "Its posts stand in the side bar." : "It has no posts yet. A table can be one.";
    posts.textContent = `This is a forum: each table is a post. ${words}`;
  });
  return block;
}

export function chips(composer) {
  const row = element("div", "demo-chips");
  for (const { label, text, run, instead } of place.chips) {
    row.append(button("demo-chip", label, () => (run ? composer.run(text, instead) : composer.write(text))));
  }
  return row;
}
