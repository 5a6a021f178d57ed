// The writing line: a typed command stands in it as plain text, drawn as chips, with a list of what could come next.
//
// What a text says, what is wrong with it and what could come next is read by the demo (typed_command.py); this file
// draws the answer and turns keys into it. simcord's own form for commands stays shut.
import { element } from "./elements.js";
import { createList } from "./offers.js";
import { act, wake } from "./state.js";

/** Takes over the writing line. `follow` brings the newest message into view. */
export function createComposer({ form, input, follow }) {
  const mirror = element("div", "demo-mirror");
  mirror.setAttribute("aria-hidden", "true");
  const typed = element("div", "demo-typed", mirror);
  const title = element("p", "demo-reading");
  title.setAttribute("role", "status");
  title.hidden = true;
  const picker = element("input", "");
  picker.type = "file";
  picker.hidden = true;
  picker.className = "demo-file";
  const list = createList(input, pick);
  input.replaceWith(typed);
  typed.append(input);
  form.prepend(list.box, title);
  form.append(picker);

  let files = {};
  let shown = { key: "" };
  let asking = null;
  let sending = Promise.resolve();
  let replyTo = null;

  const isCommand = () => input.value.startsWith("/");
  const key = () => JSON.stringify([input.value, input.selectionStart, Object.keys(files)]);

  /** What the demo makes of the present text; asks one question at a time, and the last one is of the present text. */
  async function read() {
    while (shown.key !== key()) {
      asking ??= ask(key()).finally(() => { asking = null; });
      await asking;
    }
    return shown.answer;
  }

  async function ask(asked) {
    const at = input.selectionStart;
    const body = { before: input.value.slice(0, at), after: input.value.slice(at), files: Object.keys(files) };
    const answer = isCommand() ? await act("read", body) : { trouble: "" };
    shown = { key: asked, answer };
    if (asked === key()) draw(answer);
  }

  function draw({ pieces = [], title: words = "", lines = [], chosen = -1 }) {
    mirror.replaceChildren(...pieces.map(([kind, text]) => element("span", kind && `demo-piece is-${kind}`, text)));
    mirror.scrollTop = input.scrollTop;
    say(words);
    list.show(lines, chosen);
  }

  function say(words, isTrouble = false) {
    title.textContent = words;
    title.hidden = !words;
    title.classList.toggle("is-trouble", isTrouble);
    title.setAttribute("role", isTrouble ? "alert" : "status");
  }

  function set(before, after) {
    input.value = before + after;
    input.setSelectionRange(before.length, before.length);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function pick(line) {
    input.focus();
    if (!line.file) return set(line.before, line.after);
    picker.onchange = () => {
      const [file] = picker.files;
      if (!file) return;
      files = { ...files, [line.file]: file };
      set(`${line.before}${file.name.replace(/[\s:]+/g, "_")} `, line.after.trimStart());
      input.focus();
    };
    picker.value = "";
    picker.click();
  }

  async function submit(mayPick) {
    const text = input.value.trim();
    if (!text) return;
    if (text.startsWith("/")) {
      const { trouble } = await read();
      const line = mayPick && list.chosen();
      if (line) return pick(line);
      if (trouble) {
        list.close();
        return say(trouble, true);
      }
    }
    await send(text);
  }

  function send(text) {
    const going = { text, reply_to: document.getElementById("reply-context").hidden ? null : replyTo };
    const uploads = files;
    files = {};
    set("", "");
    if (going.reply_to) document.getElementById("reply-cancel").click();
    follow();
    sending = sending.then(async () => {
      const { trouble } = await act("send", going, uploads);
      wake();
      if (!trouble) return;
      if (!input.value) {
        files = uploads;
        set(text, "");
        await read();
      }
      list.close();
      say(trouble, true);
    });
    return sending;
  }

  async function onward() {
    const { lines = [], onward: next } = await read();
    const line = list.chosen() ?? lines[0] ?? next;
    if (line) pick(line);
  }

  const editing = () => document.getElementById("reply-label").textContent.startsWith("Editing");

  // Before simcord's script sees the key or the form.
  document.addEventListener("keydown", (event) => {
    if (event.target !== input || event.isComposing || editing()) return;
    const taken = keys(event);
    if (!taken) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    taken();
  }, true);

  function keys({ key: name, shiftKey }) {
    if (name === "Enter" && !shiftKey) return () => submit(true);
    if (!isCommand()) return null;
    if (name === "Tab" && !shiftKey) return onward;
    if (name === "Escape" && list.isOpen()) return () => list.close();
    if (["ArrowDown", "ArrowUp"].includes(name) && list.isOpen()) return () => list.move(name === "ArrowDown" ? 1 : -1);
    return null;
  }

  form.addEventListener("submit", (event) => {
    if (editing()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    submit(false);
  }, true);
  document.addEventListener("click", (event) => {
    const reply = event.target.closest?.('[data-control-key$=":action:reply"]');
    if (reply) replyTo = reply.dataset.controlKey.split(":")[1];
  }, true);
  input.addEventListener("input", () => {
    if (!isCommand()) draw({});
    read();
  });
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === input && isCommand()) read();
  });
  input.addEventListener("scroll", () => { mirror.scrollTop = input.scrollTop; });

  return {
    /** Puts `text` into the writing line, with the cursor behind it. */
    write(text) {
      input.focus();
      set(text, "");
    },
    /** Sends the command `text`; where the bot has none such, writes `instead`. */
    async run(text, instead) {
      this.write(text);
      const { trouble } = await read();
      if (trouble && instead) this.write(instead);
      else if (!trouble) await send(text);
      else say(trouble, true);
    },
  };
}
