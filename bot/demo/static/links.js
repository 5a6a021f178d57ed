// Links that stay in this simulated Discord: a channel's name, a thread that was opened, the address of a message.
import { state, address } from "./state.js";

const INNER = /^https:\/\/(?:\w+\.)?discord\.com\/channels\/\d+\/(\d+)(?:\/(\d+))?$/;

export function innerLinks(stage) {
  stage.addEventListener("click", (event) => {
    const link = event.target.closest("a[href], .mention, .component-button, .thread-summary");
    const way = link && (target(link) ?? named(link));
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    go(way);
  }, true);
}

function target(link) {
  const [, channel, message] = INNER.exec(link.href ?? "") ?? [];
  return channel && { channel, message };
}

// simcord draws a channel's mention as plain text, and the sign of a new thread without its address.
function named(link) {
  const label = link.textContent;
  if (!label.startsWith("#")) return null;
  const found = state.places.find(({ name }) => `#${name}` === label);
  return found && { channel: found.id };
}

function go({ channel, message }) {
  const here = state.places.find(({ id }) => id === channel)?.here;
  const row = message && document.querySelector(`#channel-message-list > [data-message-id="${message}"]`);
  if (here && row) {
    row.scrollIntoView({ block: "center", behavior: "smooth" });
    row.classList.add("is-sought");
    setTimeout(() => row.classList.remove("is-sought"), 2000);
  } else if (!here || message) location.assign(address({ channel, message }));
}
