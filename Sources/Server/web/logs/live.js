// The live tail: a value that decides, and a driver that holds the WebSocket.

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 15_000;

/**
 * What a tail knows: from where it goes on, how often it failed, what was dropped. Takes events and returns what to do:
 * `{open: parameters}`, `{wait: ms}`, `{rows, began}`, or nothing.
 */
export class TailMachine {
  state = 'off';
  cursor = null;
  droppedCount = 0;
  #failures = 0;

  constructor(query) {
    this.query = query;
  }

  start() {
    this.state = 'connecting';
    return { open: { query: this.query, ...(this.cursor ? { cursor: this.cursor } : {}) } };
  }

  receive(frame) {
    if (frame.type === 'rows') {
      // From here on nothing is missed; what came before the first frame without a cursor is not the tail's.
      const began = this.state !== 'live' && this.cursor === null;
      this.state = 'live';
      this.#failures = 0;
      // A frame without a cursor is followed by more that belongs to it: going on is possible only from a whole one.
      if (frame.cursor) this.cursor = frame.cursor;
      return { rows: frame.rows, began };
    }
    if (frame.type === 'dropped') {
      this.droppedCount += frame.count;
      return {};
    }
    if (frame.type === 'error' && frame.code === 'invalid_cursor') this.cursor = null;
    return {};
  }

  closed() {
    if (this.state === 'off') return {};
    this.state = 'waiting';
    this.#failures += 1;
    return { wait: Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** (this.#failures - 1)) };
  }

  stop() {
    this.state = 'off';
    return {};
  }
}

/**
 * `onBegan()` is told once from when on nothing is missed, `onRows(rows)` gets what arrives, `onState(machine)` hears of
 * changes.
 * - Returns: `{stop()}`.
 */
export function tail(query, { onBegan, onRows, onState, prepare = async () => {} }) {
  const machine = new TailMachine(query);
  let socket = null;
  let timer = 0;
  async function open(parameters) {
    await prepare();
    if (machine.state === 'off') return;
    const address = new URL('/api/v1/logs/stream?' + new URLSearchParams(parameters), location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    socket = new WebSocket(address);
    socket.addEventListener('message', (event) => {
      const { rows, began } = machine.receive(JSON.parse(event.data));
      if (began) onBegan();
      if (rows) onRows(rows);
      onState(machine);
    });
    socket.addEventListener('close', () => {
      const { wait } = machine.closed();
      onState(machine);
      if (wait !== undefined) timer = setTimeout(() => open(machine.start().open), wait);
    });
  }
  open(machine.start().open);
  onState(machine);
  return {
    stop() {
      machine.stop();
      clearTimeout(timer);
      close(socket);
      onState(machine);
    },
  };
}

/** A socket that is closed before it is open makes the browser warn. */
function close(socket) {
  if (socket?.readyState === WebSocket.CONNECTING) socket.addEventListener('open', () => socket.close());
  else socket?.close();
}
