// Sends a file in slices to the app's own route. The server says how far it has come, so a dropped line, a
// restart of the app or a reload of the page goes on where it stopped.
const KEEP = "contact-importer-upload";
const NAP_MS = [250, 500, 1000, 2000, 4000];

function identity(file) {
  return [file.name, file.size, file.lastModified].join("|");
}

function kept(file) {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEEP) || "null");
    return found && found.file === identity(file) && found.until > Date.now() / 1000 ? found : null;
  } catch (error) {
    return null;
  }
}

function keep(entry) {
  try {
    entry ? sessionStorage.setItem(KEEP, JSON.stringify(entry)) : sessionStorage.removeItem(KEEP);
  } catch (error) {
    // Private windows may forbid it: then a reload starts again.
  }
}

function sizeText(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  let at = 0;
  while (bytes >= 1000 && at < units.length - 1) {
    bytes /= 1000;
    at += 1;
  }
  return (at === 0 ? bytes : bytes.toFixed(1)) + " " + units[at];
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const at = (name) => parentElement.querySelector(`[data-part="${name}"]`);
  const box = at("box"), input = at("input"), bar = at("bar"), fill = at("fill");
  const title = at("title"), note = at("note"), stop = at("stop"), track = at("track");
  const state = (parentElement.uploadState = parentElement.uploadState || { job: null });
  state.data = data;
  state.done = setTriggerValue;
  const leave = () => {
    if (state.job) state.job.stopped = true;
  };
  if (state.wired) return leave;
  state.wired = true;

  const say = (text, detail, kind) => {
    title.textContent = text;
    note.textContent = detail || "";
    box.dataset.kind = kind || "";
  };
  const refuse = (name, why) => say(`${name} ${state.data.words.refused}`, why, "error");
  const progress = (share) => {
    track.hidden = share === null;
    fill.style.width = (share || 0) * 100 + "%";
    bar.setAttribute("aria-valuenow", String(Math.round((share || 0) * 100)));
  };
  const rest = () => {
    progress(null);
    stop.hidden = true;
    input.disabled = false;
    input.value = "";
    say(state.data.words.rest, state.data.words.rest_note);
  };

  async function send(file) {
    const job = (state.job = { stopped: false });
    const known = kept(file);
    const ticket = known || { id: state.data.id, token: state.data.token, until: state.data.until };
    keep({ ...ticket, file: identity(file) });
    input.disabled = true;
    stop.hidden = false;
    let offset = 0, tries = 0, freshTicket = !known;
    const began = performance.now();
    say(file.name, "Starting …", "busy");
    progress(0);
    while (offset < file.size && !job.stopped) {
      const slice = file.slice(offset, offset + state.data.slice_bytes);
      let answer = null, body = {};
      try {
        const url = `${state.data.url}/${ticket.id}?offset=${offset}&total=${file.size}`;
        const headers = { "X-Upload-Ticket": ticket.token, "Content-Type": "application/octet-stream" };
        job.abort = new AbortController();
        answer = await fetch(url, { method: "PUT", body: slice, headers, signal: job.abort.signal });
        body = await answer.json();
      } catch (error) {
        answer = answer && answer.status >= 400 && answer.status < 500 ? answer : null;
      }
      if (job.stopped) break;
      if (answer && answer.ok) {
        offset = body.size;
        tries = 0;
      } else if (answer && answer.status === 409 && Number.isInteger(body.size)) {
        offset = body.size;
      } else if (answer && answer.status === 403 && !freshTicket) {
        Object.assign(ticket, { id: state.data.id, token: state.data.token, until: state.data.until });
        keep({ ...ticket, file: identity(file) });
        freshTicket = true;
        offset = 0;
      } else if (answer && answer.status < 500 || (answer && answer.status === 507)) {
        keep(null);
        state.job = null;
        rest();
        refuse(file.name, body.message || "");
        return;
      } else {
        say(file.name, state.data.words.waiting, "waiting");
        await new Promise((go) => setTimeout(go, NAP_MS[Math.min(tries, NAP_MS.length - 1)]));
        tries += 1;
        continue;
      }
      const rate = offset / Math.max(0.001, (performance.now() - began) / 1000);
      progress(offset / file.size);
      say(file.name, `${sizeText(offset)} of ${sizeText(file.size)} · ${sizeText(rate)}/s`, "busy");
    }
    state.job = null;
    if (job.stopped) {
      rest();
      return;
    }
    keep(null);
    stop.hidden = true;
    say(file.name, state.data.words.arrived, "busy");
    state.done("done", { id: ticket.id, name: file.name });
  }

  const take = (files) => {
    if (state.job || !files || files.length === 0) return;
    if (files.length > 1) return refuse(`${files[0].name} …`, state.data.words.one_file);
    if (files[0].size === 0) return refuse(files[0].name, state.data.words.empty);
    send(files[0]);
  };
  input.addEventListener("change", () => take(input.files));
  stop.addEventListener("click", () => {
    if (!state.job) return;
    state.job.stopped = true;
    if (state.job.abort) state.job.abort.abort();
  });
  ["dragenter", "dragover"].forEach((name) =>
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.dataset.over = "yes";
    }),
  );
  ["dragleave", "drop"].forEach((name) =>
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.dataset.over = "";
    }),
  );
  box.addEventListener("drop", (event) => take(event.dataTransfer.files));
  rest();
  return leave;
}
