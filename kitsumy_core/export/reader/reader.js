"use strict";
(() => {
  const root = document.documentElement;
  const book = JSON.parse(document.getElementById("book").textContent);
  const list = document.getElementById("pages");
  const leaves = [...list.children];
  const $ = (id) => document.getElementById(id);
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const scrolls = book.direction === "ttb";
  const mirrored = book.direction === "rtl";
  const total = leaves.length;
  let at = 0;
  let double = kept("kitsumy-double");
  root.classList.add("live");
  root.classList.toggle("paged", !scrolls);
  root.classList.toggle("rtl", mirrored);

  const wide = () => innerWidth > 1.15 * innerHeight;
  const inPairs = () => !scrolls && total > 1 && (double === null ? wide() : double === "1");
  // The first page stands alone, as a cover does; then two and two.
  const first = (page) => (inPairs() && page > 0 ? page - ((page - 1) % 2) : page);
  const shown = () => {
    const from = first(at);
    return inPairs() && from > 0 && from + 1 < total ? [from, from + 1] : [from];
  };

  function show(page, push = true) {
    at = Math.max(0, Math.min(total - 1, page));
    const now = shown();
    leaves.forEach((leaf, n) => {
      leaf.classList.toggle("shown", now.includes(n));
      leaf.classList.toggle("pair", now.length > 1);
      const image = leaf.querySelector("img");
      if (Math.abs(n - at) < 4) image.loading = "eager";
    });
    const numbers = now.map((n) => n + 1).join("–");
    $("where").textContent = `${numbers} / ${total}`;
    $("slider").value = String(at + 1);
    $("slider").setAttribute("aria-valuetext", `${numbers} / ${total}`);
    $("back").disabled = now[0] === 0;
    $("on").disabled = now[now.length - 1] === total - 1;
    $("pairs").setAttribute("aria-pressed", String(inPairs()));
    if (scrolls && push) leaves[at].scrollIntoView({ block: "start" });
    const hash = `#page=${now[0] + 1}`;
    if (location.hash !== hash) history.replaceState(null, "", hash);
  }
  const on = () => show(shown().at(-1) + 1);
  const back = () => { const from = shown()[0]; show(first(from - 1)); };
  const left = mirrored ? on : back;
  const right = mirrored ? back : on;

  $("back").onclick = back;
  $("on").onclick = on;
  $("slider").oninput = (event) => show(Number(event.target.value) - 1);
  $("pairs").onclick = () => { double = inPairs() ? "0" : "1"; keep("kitsumy-double", double); show(at); };
  $("theme").onclick = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keep("kitsumy-theme", root.dataset.theme);
  };
  $("full").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.());
  $("full").hidden = !document.fullscreenEnabled;
  $("pairs").hidden = scrolls || total < 2;
  if (kept("kitsumy-theme")) root.dataset.theme = kept("kitsumy-theme");

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === $("slider")) return;
    if (event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter")) return;
    const does = {
      ArrowLeft: left, ArrowRight: right, PageUp: back, PageDown: on, Home: () => show(0), End: () => show(total - 1),
      f: $("full").onclick, d: $("theme").onclick, p: $("pairs").onclick,
    }[event.key] ?? (event.key === " " ? (event.shiftKey ? back : on) : null);
    if (!does || (scrolls && [" ", "PageUp", "PageDown"].includes(event.key))) return;
    event.preventDefault();
    does();
  });
  list.addEventListener("click", (event) => {
    if (scrolls || getSelection()?.toString()) return;
    (event.clientX < innerWidth / 2 ? left : right)();
  });
  let touch = null;
  list.addEventListener("touchstart", (event) => {
    touch = event.touches.length === 1 ? { x: event.touches[0].clientX, y: event.touches[0].clientY } : null;
  }, { passive: true });
  list.addEventListener("touchend", (event) => {
    if (!touch || scrolls || (window.visualViewport?.scale ?? 1) > 1.05) return;
    const dx = event.changedTouches[0].clientX - touch.x;
    const dy = event.changedTouches[0].clientY - touch.y;
    touch = null;
    if (Math.abs(dx) < 40 || Math.abs(dx) < 1.5 * Math.abs(dy)) return;
    event.preventDefault();
    (dx < 0 ? right : left)();
  });
  addEventListener("resize", () => show(at, false));
  const wanted = () => Number(/page=(\d+)/.exec(location.hash)?.[1] ?? 1) - 1;
  addEventListener("hashchange", () => show(wanted()));
  if (scrolls) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) show(leaves.indexOf(entry.target), false);
    }, { rootMargin: "-45% 0px -45% 0px" });
    leaves.forEach((leaf) => seen.observe(leaf));
  }
  if (total) show(wanted(), location.hash !== "");
})();
