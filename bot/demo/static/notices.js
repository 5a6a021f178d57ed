// What the page tells a visitor besides the messages: who is typing, what did not work; and where a form has its cursor.
import { element } from "./elements.js";
import { onState, place } from "./state.js";

export function typingSign() {
  const dots = [1, 2, 3].map(() => element("i", ""));
  const sign = element("div", "demo-typing", ...dots, ` ${place.bot} is typing…`);
  sign.hidden = true;
  onState(({ typing }) => { sign.hidden = !typing; });
  return sign;
}

const toast = element("div", "demo-toast");
toast.hidden = true;
toast.setAttribute("role", "status");
let timer;

/** Shows a sentence for a few seconds. */
export function tell(sentence) {
  clearTimeout(timer);
  toast.textContent = sentence;
  toast.hidden = false;
  timer = setTimeout(() => { toast.hidden = true; }, 6000);
}

// simcord's toolbar tells a developer what became of an action; a visitor needs to know only of what failed.
export function watchTrouble(status) {
  const said = [
    [/not completed|uncertain/, `That did not work: ${place.bot} gave no answer.`, "passing"],
    [/interrupted/, "No connection to the demo. Is it still running?"],
    [/unavailable|ended/, "This demo has ended. Open the address that the new one prints."],
  ];
  let last;
  new MutationObserver(() => {
    const trouble = said.find(([pattern]) => pattern.test(status.textContent));
    if (trouble === last) return;
    if (trouble) tell(trouble[1]);
    if (trouble && !trouble[2]) clearTimeout(timer);
    if (!trouble && !last[2]) toast.hidden = true;
    last = trouble;
  }).observe(status, { childList: true, characterData: true, subtree: true });
  return toast;
}

// A form opens with its first field under the cursor, not its close button.
export function focusForms(root) {
  const settle = () => {
    if (document.activeElement?.matches(".modal-close")) root.querySelector("textarea, input")?.focus();
  };
  new MutationObserver(() => {
    if (!root.hidden) requestAnimationFrame(() => requestAnimationFrame(settle));
  }).observe(root, { attributeFilter: ["hidden"] });
}
