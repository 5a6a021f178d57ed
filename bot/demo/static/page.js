// Makes a chat channel of simcord's preview page: a side bar, a welcome, a hint, who is typing. Runs before its script.
(() => {
  "use strict";
  const place = JSON.parse(document.querySelector('meta[name="demo-place"]').content);
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const original = window.fetch.bind(window);
  const page = {};

  // The page asks for its state twice a second. On the way we add who opens it, give it the visitor's own time zone
  // and read off what simcord's script does not know about.
  window.fetch = async (resource, options) => {
    const path = String(resource);
    const opening = path === "/api/pages";
    const answer = await original(opening ? `${path}${location.search}` : resource, options);
    if (path === "/api/state" && answer.status === 410) location.reload(); // asleep for too long
    if (!(opening || path === "/api/state") || !answer.ok) return answer;
    const { typing, ...state } = await answer.json();
    state.profile.timezone = timezone;
    page.typing?.toggleAttribute("hidden", !typing);
    return Response.json(state);
  };

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...children);
    return made;
  }

  function face(name) {
    const disc = element("span", "demo-face", name.slice(0, 1).toUpperCase());
    disc.style.background = place.colours[place.people.indexOf(name) % place.colours.length];
    return disc;
  }

  function sideBar(picker) {
    const people = element("div", "demo-people");
    people.setAttribute("role", "group");
    people.setAttribute("aria-label", "Write as");
    for (const name of place.people) {
      const button = element("button", "demo-person", face(name), name);
      button.type = "button";
      button.addEventListener("click", () => {
        const option = [...picker.options].find((candidate) => candidate.textContent === name);
        if (!option || option.selected) return;
        page.follow();
        picker.value = option.value;
        picker.dispatchEvent(new Event("change"));
      });
      people.append(button);
    }
    const mark = () => {
      const present = picker.selectedOptions[0]?.textContent;
      for (const button of people.children) button.setAttribute("aria-pressed", String(button.lastChild.data === present));
      document.title = present && present !== place.people[0] ? `Roundtable demo (${present})` : "Roundtable demo";
    };
    new MutationObserver(mark).observe(picker, { childList: true });

    const panel = element("div", "demo-panel", element("div", "demo-label", "Write as"), people);
    const second = place.people[1];
    if (second) {
      const link = element("a", "demo-tab", `Open a second tab as ${second}`);
      link.href = `/?as=${encodeURIComponent(second)}${location.hash}`;
      link.target = "_blank";
      panel.append(link);
    }
    const icon = element("img", "demo-icon");
    icon.src = "/demo/icon.png";
    icon.alt = "";
    return element(
      "aside",
      "demo-side",
      element("div", "demo-guild", icon, element("strong", "", place.guild)),
      element("div", "demo-label", "Text channels"),
      element("div", "demo-channel", element("span", "", "#"), place.channel),
      panel,
    );
  }

  function welcome() {
    const icon = element("img", "");
    icon.src = "/demo/icon.png";
    icon.alt = "";
    return element(
      "div",
      "demo-welcome",
      icon,
      element("h2", "", `Welcome to #${place.channel}!`),
      element("p", "", `${place.topic} The bot is the real one; this Discord is simulated on your own computer.`),
    );
  }

  function hint(composer) {
    const [before, command, after] = place.hint.split(/(\/\w+(?: \w+)?)/);
    const key = element("button", "demo-command", command ?? "");
    key.type = "button";
    key.addEventListener("click", () => {
      composer.value = command;
      composer.dispatchEvent(new Event("input", { bubbles: true }));
      composer.focus();
    });
    const close = element("button", "demo-close", "×");
    close.type = "button";
    close.setAttribute("aria-label", "Hide this hint");
    const line = element("p", "demo-hint", before, ...(command ? [key, after] : []), close);
    close.addEventListener("click", () => line.remove());
    return line;
  }

  // Enter sends a command as it stands, as in Discord; simcord's list of options would take the key for itself, and so
  // would its list of commands when the command is already written out.
  function enterSends(composer) {
    let choosing = false;
    const press = (target, key) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    document.addEventListener("keydown", (event) => {
      if (!event.isTrusted) return;
      if (event.key !== "Enter") {
        choosing = event.key.startsWith("Arrow");
        return;
      }
      if (event.target.closest?.("#channel-composer")) page.follow();
      if (choosing || event.isComposing) return;
      if (event.target.matches?.(".command-chip")) press(event.target, "Escape");
      const entry = document.querySelector(".command-entry.is-active strong");
      if (event.target !== composer || entry?.textContent !== composer.value.trim()) return;
      setTimeout(() => {
        const chip = document.activeElement; // a command with a required option has its field focused instead
        if (!chip?.matches(".command-chip")) return;
        press(chip, "Escape");
        press(chip, "Enter");
      });
    }, true);
  }

  // A form opens with its first field under the cursor, not its close button.
  function focusForms(root) {
    const settle = () => {
      if (document.activeElement?.matches(".modal-close")) root.querySelector("textarea, input")?.focus();
    };
    new MutationObserver(() => {
      if (!root.hidden) requestAnimationFrame(() => requestAnimationFrame(settle));
    }).observe(root, { attributeFilter: ["hidden"] });
  }

  // simcord's toolbar tells a developer what became of an action; a visitor needs to know only of what failed.
  function watchTrouble(status) {
    const said = [
      [/not completed|uncertain/, `That did not work: ${place.bot} gave no answer.`, "passing"],
      [/interrupted/, "No connection to the demo. Is it still running?"],
      [/unavailable|ended/, "This demo has ended. Open the address that the new one prints."],
    ];
    const toast = element("div", "demo-toast");
    toast.hidden = true;
    toast.setAttribute("role", "status");
    let last, timer;
    new MutationObserver(() => {
      const trouble = said.find(([pattern]) => pattern.test(status.textContent));
      if (trouble === last) return;
      clearTimeout(timer);
      if (trouble) toast.textContent = trouble[1];
      if (trouble || !last[2]) toast.hidden = !trouble;
      if (!toast.hidden && (trouble ?? last)[2]) timer = setTimeout(() => { toast.hidden = true; }, 6000);
      last = trouble;
    }).observe(status, { childList: true, characterData: true, subtree: true });
    return toast;
  }

  // The channel stays at its newest message until the visitor scrolls up, and again once at the bottom. (simcord's
  // script means to do this as well, but loses the bottom when messages come while pictures are loading.)
  function followNewest(timeline, list) {
    let following = true;
    let top = 0;
    let height = 0;
    const follow = () => { if (following) timeline.scrollTop = timeline.scrollHeight; };
    timeline.addEventListener("scroll", () => {
      const moved = timeline.scrollTop < top - 2 && timeline.scrollHeight === height; // by hand, not by new content
      if (timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 30) following = true;
      else if (moved) following = false;
      top = timeline.scrollTop;
      height = timeline.scrollHeight;
    }, { passive: true });
    document.getElementById("history-older").addEventListener("click", () => { following = false; });
    new MutationObserver(follow).observe(list, { childList: true, subtree: true });
    const resized = new ResizeObserver(follow);
    resized.observe(list);
    resized.observe(timeline);
    return () => {
      following = true;
      follow();
    };
  }

  function tidyMessages(list, line) {
    const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
    new MutationObserver(() => {
      for (const time of list.querySelectorAll("time.message-time:not([data-tidy])")) {
        time.dataset.tidy = "";
        const sent = new Date(time.dateTime);
        if (sent.toDateString() === new Date().toDateString()) time.firstChild.data = clock.format(sent);
      }
      if (list.childElementCount > 3) line.remove(); // whoever got this far needs no hint
    }).observe(list, { childList: true, subtree: true });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const find = (id) => document.getElementById(id);
    const composer = find("channel-composer-input");
    const line = hint(composer);
    page.typing = element("div", "demo-typing", element("i", ""), element("i", ""), element("i", ""), ` ${place.bot} is typing…`);
    page.typing.hidden = true;
    find("preview-workspace").prepend(sideBar(find("viewer-picker")));
    find("channel-timeline").prepend(welcome());
    find("channel-composer").before(line);
    find("channel-composer").after(element("div", "demo-foot", page.typing));
    document.body.append(watchTrouble(find("action-status")));
    tidyMessages(find("channel-message-list"), line);
    page.follow = followNewest(find("channel-timeline"), find("channel-message-list"));
    enterSends(composer);
    focusForms(find("modal-root"));
    if (!location.hash) {
      const sentence = "This address lacks its key, the part after #. Open the whole address that the demo printed.";
      document.body.append(element("p", "demo-locked", sentence));
    }
  });
})();
