// The timeline: it follows the newest message, and shows times as a chat does.

// The channel stays at its newest message until the visitor scrolls up, and again once at the bottom. (simcord's
// script means to do this as well, but loses the bottom when messages come while pictures are loading.)
export function followNewest(timeline, list) {
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

/** Calls `tidy` with the list whenever it has changed. */
export function onMessages(list, tidy) {
  new MutationObserver(() => tidy(list)).observe(list, { childList: true, subtree: true });
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

export function tidyTimes(list) {
  for (const time of list.querySelectorAll("time:is(.message-time, .message-gutter-time):not([data-tidy])")) {
    time.dataset.tidy = "";
    const sent = new Date(time.dateTime);
    if (sent.toDateString() === new Date().toDateString()) time.firstChild.data = clock.format(sent);
  }
}
