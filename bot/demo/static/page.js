// Makes a chat of simcord's preview page. Runs before its script, and puts together what the other files here do.
import { createComposer } from "./composer.js";
import { element } from "./elements.js";
import { innerLinks } from "./links.js";
import { commandMentions, messageMenus, privateNotes } from "./menus.js";
import { focusForms, typingSign, watchTrouble } from "./notices.js";
import { sideBar } from "./sidebar.js";
import { watchReads } from "./state.js";
import { followNewest, onMessages, tidyTimes } from "./timeline.js";
import { chips, welcome } from "./welcome.js";

const find = (id) => document.getElementById(id);

watchReads();
const list = find("channel-message-list");
const follow = followNewest(find("channel-timeline"), list);
const composer = createComposer({ form: find("channel-composer"), input: find("channel-composer-input"), follow });
const row = chips(composer);

find("preview-workspace").prepend(sideBar(find("viewer-picker"), follow));
find("channel-timeline").prepend(welcome());
find("channel-composer").before(row);
find("channel-composer").after(element("div", "demo-foot", typingSign()));
document.body.append(watchTrouble(find("action-status")));
focusForms(find("modal-root"));
messageMenus(list);
commandMentions(list, composer);
innerLinks(find("preview-stage"));
onMessages(list, tidyTimes);
onMessages(list, privateNotes);
// An answer that only the visitor sees leaves the channel as empty as it was.
onMessages(list, () => { row.hidden = Boolean(list.querySelector(":scope > [data-message-id]:not(:has(.message-ephemeral-note))")); });
if (!location.hash) {
  const sentence = "This address lacks its key, the part after #. Open the whole address that the demo printed.";
  document.body.append(element("p", "demo-locked", sentence));
}
