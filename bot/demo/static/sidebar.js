// The side bar: the channels and their threads, and the people one can write as.
import { element, button } from "./elements.js";
import { address, onState, place } from "./state.js";

const SIGNS = { text: "#", forum: "≡", thread: "↳" };

export function sideBar(picker, beforeChange) {
  const icon = element("img", "demo-icon");
  icon.src = "/demo/icon.png";
  icon.alt = "";
  const channels = element("nav", "demo-channels");
  channels.setAttribute("aria-label", "Channels");
  onState(({ places }) => list(channels, places));
  return element(
    "aside",
    "demo-side",
    element("div", "demo-guild", icon, element("strong", "", place.guild)),
    element("div", "demo-label", "Channels"),
    channels,
    people(picker, beforeChange),
  );
}

function list(channels, places) {
  const kept = sessionStorage.getItem("seen");
  const seen = JSON.parse(kept ?? "{}");
  const links = places.map(({ id, name, kind, here, last }) => {
    const link = element("a", `demo-channel is-${kind}`, element("span", "", SIGNS[kind]), name);
    link.href = address({ channel: id });
    if (here) link.setAttribute("aria-current", "page");
    if (here || !kept) seen[id] = last;
    else seen[id] ??= "0"; // a thread that was opened meanwhile
    link.classList.toggle("is-unread", last !== seen[id]);
    return link;
  });
  sessionStorage.setItem("seen", JSON.stringify(seen));
  const drawn = links.map((link) => link.outerHTML).join("");
  if (channels.innerHTML !== drawn) channels.replaceChildren(...links);
}

function people(picker, beforeChange) {
  const group = element("div", "demo-people");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Write as");
  for (const name of place.people) {
    const person = button("demo-person", face(name), () => {
      const option = [...picker.options].find((candidate) => candidate.textContent === name);
      if (!option || option.selected) return;
      beforeChange();
      picker.value = option.value;
      picker.dispatchEvent(new Event("change"));
      history.replaceState(null, "", address({ as: name }));
    });
    person.append(name);
    group.append(person);
  }
  const second = place.people[1];
  const link = element("a", "demo-tab");
  link.target = "_blank";
  const mark = () => {
    const present = picker.selectedOptions[0]?.textContent;
    for (const person of group.children) person.setAttribute("aria-pressed", String(person.lastChild.data === present));
    document.title = present && present !== place.people[0] ? `Roundtable demo (${present})` : "Roundtable demo";
    const other = place.people.find((name) => name !== present) ?? second;
    link.textContent = `Open a second tab as ${other}`;
    link.href = address({ as: other });
  };
  new MutationObserver(mark).observe(picker, { childList: true });
  return element("div", "demo-panel", element("div", "demo-label", "Write as"), group, ...(second ? [link] : []));
}

function face(name) {
  const disc = element("span", "demo-face", name.slice(0, 1).toUpperCase());
  disc.style.background = place.colours[place.people.indexOf(name) % place.colours.length];
  return disc;
}
