// The menu of a message (right click, long press, ⋯): what to react with, and the bot's own entries under "Apps"; and
// what else in a message can be pressed: the name of a command, and the note under a private message.
import { element, button } from "./elements.js";
import { tell } from "./notices.js";
import { act, state, wake } from "./state.js";

const REACTIONS = ["👍", "❤️", "😂", "👎"];
const LONG_PRESS = 500; // milliseconds, as on a phone

export function messageMenus(list) {
  const open = (row, x, y) => show(row, x, y);
  list.addEventListener("contextmenu", (event) => {
    const row = event.target.closest("[data-message-id]");
    if (!row || event.target.closest("a, input, textarea") || String(getSelection())) return;
    event.preventDefault();
    open(row, event.clientX, event.clientY);
  });
  let timer;
  list.addEventListener("touchstart", (event) => {
    const row = event.target.closest("[data-message-id]");
    const touch = event.touches[0];
    if (row) timer = setTimeout(() => open(row, touch.clientX, touch.clientY), LONG_PRESS);
  }, { passive: true });
  for (const end of ["touchend", "touchmove", "touchcancel"]) {
    list.addEventListener(end, () => clearTimeout(timer), { passive: true });
  }
  new MutationObserver(() => {
    for (const row of list.querySelectorAll(":scope > [data-message-id]:not(:has(.demo-more))")) addMore(row, open);
  }).observe(list, { childList: true, subtree: true });
}

function addMore(row, open) {
  let bar = row.querySelector(".message-context-actions");
  if (!bar) {
    bar = element("div", "message-context-actions");
    row.append(bar);
  }
  const more = button("message-action-button demo-more", "⋯", (event) => {
    const at = event.currentTarget.getBoundingClientRect();
    open(row, at.left, at.bottom);
  });
  more.setAttribute("aria-label", "More");
  more.setAttribute("aria-haspopup", "menu");
  bar.append(more);
}

function show(row, x, y) {
  document.querySelector(".demo-menu")?.remove();
  const id = row.dataset.messageId;
  const menu = element("div", "demo-menu");
  menu.setAttribute("role", "menu");
  const close = () => menu.remove();
  const entry = (label, press, into = menu) => {
    const made = button("demo-menu-entry", label, () => {
      close();
      press();
    });
    made.setAttribute("role", "menuitem");
    into.append(made);
  };
  const ask = async (kind, values) => {
    const { trouble } = await act(kind, { ...values, message: id });
    if (trouble) tell(trouble);
    wake();
  };
  if (!row.querySelector(".message-ephemeral-note")) {
    const faces = element("div", "demo-menu-reactions");
    for (const emoji of REACTIONS) entry(emoji, () => ask("react", { emoji }), faces);
    menu.append(faces);
  }
  const reply = row.querySelector('[data-control-key$=":action:reply"]');
  if (reply) entry("Reply", () => reply.click());
  const text = row.querySelector(".message-content")?.innerText;
  if (text) entry("Copy text", () => navigator.clipboard?.writeText(text));
  const person = row.querySelector(".message-app-badge") ? [] : state.menus.user;
  const apps = [...state.menus.message, ...person];
  if (apps.length) menu.append(element("div", "demo-menu-label", "Apps"));
  for (const name of apps) entry(name, () => ask("menu", { name }));
  document.body.append(menu);
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  menu.querySelector("button")?.focus();
  menu.addEventListener("keydown", (event) => {
    const entries = [...menu.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    if (step) entries.at((entries.indexOf(document.activeElement) + step) % entries.length).focus();
    if (step) event.preventDefault();
  });
  setTimeout(() => document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) close();
  }, { once: true, capture: true }));
}

// A command that a message names goes into the writing line, as in Discord.
export function commandMentions(list, composer) {
  list.addEventListener("click", (event) => {
    const mention = event.target.closest(".command-mention");
    if (mention) composer.write(`${mention.textContent} `);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".command-mention")) event.target.click();
  });
}

export function privateNotes(list) {
  for (const mention of list.querySelectorAll(".command-mention:not([tabindex])")) {
    mention.tabIndex = 0;
    mention.setAttribute("role", "button");
  }
  for (const note of list.querySelectorAll(".message-ephemeral-note:not(:has(button))")) {
    const id = note.closest("[data-message-id]").dataset.messageId;
    note.append(" · ", button("demo-dismiss", "Dismiss message", async () => {
      const { trouble } = await act("hide", { message: id });
      if (trouble) tell(trouble);
      wake();
    }));
  }
}
