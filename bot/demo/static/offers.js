// The list above the writing line.
import { element } from "./elements.js";

/** A list for `input`; `pick` gets the line that is clicked. */
export function createList(input, pick) {
  const box = element("div", "demo-offers");
  box.id = "demo-offers";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "What could come next");
  box.hidden = true;
  input.setAttribute("aria-controls", box.id);
  input.setAttribute("aria-autocomplete", "list");
  let lines = [];
  let at = -1;

  function mark() {
    [...box.children].forEach((row, index) => {
      row.setAttribute("aria-selected", String(index === at));
      if (index === at) row.scrollIntoView({ block: "nearest" });
    });
    if (at >= 0) input.setAttribute("aria-activedescendant", `demo-offer-${at}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function show(offered, chosen) {
    lines = offered;
    at = chosen;
    box.replaceChildren(...lines.map((line, index) => {
      const row = element("div", "demo-offer", element("strong", "", line.label), element("span", "", line.detail));
      row.id = `demo-offer-${index}`;
      row.setAttribute("role", "option");
      row.addEventListener("mousedown", (event) => event.preventDefault()); // the cursor stays in the writing line
      row.addEventListener("click", () => pick(line));
      return row;
    }));
    box.hidden = !lines.length;
    input.setAttribute("aria-expanded", String(!box.hidden));
    mark();
  }

  return {
    box,
    show,
    close: () => show([], -1),
    isOpen: () => !box.hidden,
    chosen: () => lines[at],
    move(step) {
      at = (at + step + lines.length) % lines.length;
      mark();
    },
  };
}
