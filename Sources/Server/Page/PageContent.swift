/// The page's files.
enum PageContent {
    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>LogDB</title>
        <link rel="stylesheet" href="/style.css">
        <script type="module" src="/page.js"></script>
        </head>
        <body>
        <header>
        <h1>LogDB</h1>
        <p>A log database for fleets of robots and devices. One line of text finds, shapes and counts entries.</p>
        </header>
        <main>
        <form id="signin" method="post" hidden>
        <label for="username">Name</label>
        <input id="username" type="text" autocomplete="username" required>
        <label for="password">Password</label>
        <input id="password" type="password" autocomplete="current-password" required>
        <label for="setup">Setup token</label>
        <input id="setup" type="text" autocomplete="off" placeholder="on the first start only">
        <button type="submit">Sign in</button>
        </form>
        <form id="search" action="/api/v1/logs" method="get">
        <label for="query">Query</label>
        <input id="query" name="query" type="text" autocomplete="off" spellcheck="false"
          placeholder="level:&gt;=WARN module:navigation since:1h">
        <button type="submit">Search</button>
        </form>
        <p id="status" role="status">Try <code>since:1d</code>, <code>"GPS signal weak" since:2h</code> or
        <code>since:1d | stats count() by module</code>. Without a time, the last hour is searched.</p>
        <div id="scroll" tabindex="0" role="region" aria-label="Rows"><table id="rows"></table></div>
        <button id="more" type="button" hidden>Older</button>
        </main>
        <footer>
        <p>
        <a href="/api/v1/logs/fields">fields</a> ·
        <a href="/api/v1/logs/histogram?by=level">histogram</a> ·
        <a href="/api/v1/logs/export?format=csv">export</a> ·
        <a href="/api/v1/admin/storage">storage</a> ·
        <a href="/api/v1/admin/jobs">jobs</a> ·
        <a href="/api/v1/limits">limits</a> ·
        <a href="/api/v1/version">version</a> ·
        <a href="/metrics">metrics</a> ·
        <a href="/ready">ready</a>
        </p>
        <p id="who" hidden><span id="name"></span> <button id="signout" type="button">Sign out</button></p>
        <p>Entries come in with <code>POST /api/v1/logs/ingest</code>, or with <code>logdb ingest</code> and
        <code>logdb-agent ship</code>.</p>
        </footer>
        </body>
        </html>

        """

    static let style = """
        :root { color-scheme: light dark; --line: #8884; --dim: #667; --warn: #9a6700; --bad: #b3261e; --low: #57606a; }
        @media (prefers-color-scheme: dark) {
          :root { --dim: #99a; --warn: #e3b341; --bad: #ff7b72; --low: #8b949e; }
        }
        body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 88rem; padding: 1rem 1.5rem; }
        h1 { margin: 0; font-size: 1.5rem; }
        header p, footer, #status { color: var(--dim); }
        form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
        input { flex: 1 1 20rem; }
        input, button, code, table { font-family: ui-monospace, monospace; font-size: .9rem; }
        input, button { padding: .45rem .7rem; }
        #status.failed { color: var(--bad); white-space: pre-wrap; font-family: ui-monospace, monospace; }
        #scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-top: 1px solid var(--line); }
        td { white-space: pre-wrap; overflow-wrap: anywhere; }
        td.time, td.level { white-space: nowrap; }
        .WARN { color: var(--warn); }
        .ERROR, .FATAL { color: var(--bad); }
        .DEBUG { color: var(--low); }
        [hidden] { display: none !important; }
        #more { margin-top: .8rem; }

        """

    static let script = """
        const form = document.getElementById('search');
        const input = document.getElementById('query');
        const status = document.getElementById('status');
        const table = document.getElementById('rows');
        const more = document.getElementById('more');
        const shown = ['time', 'level', 'device', 'module', 'message'];
        const signIn = document.getElementById('signin');
        const who = document.getElementById('who');
        let latest = 0;
        let csrf = null;
        let next = null;

        function cell(row, name) {
          const element = document.createElement('td');
          const value = row[name];
          element.textContent = value === null || value === undefined ? ''
            : typeof value === 'object' ? JSON.stringify(value) : String(value);
          if (name === 'time' || name === 'level') element.className = name;
          if (name === 'level') element.classList.add(String(value));
          if (name === 'message' && row.context) {
            element.title = Object.entries(row.context).map(([key, text]) => `${key}=${text}`).join('\\n');
          }
          return element;
        }

        function show(answer, isFirst) {
          const isLog = answer.rows.length > 0 && 'message' in answer.rows[0] && 'id' in answer.rows[0];
          const names = isLog ? shown : answer.columns ?? Object.keys(answer.rows[0] ?? {});
          if (isFirst) {
            const head = document.createElement('tr');
            for (const name of names) {
              const element = document.createElement('th');
              element.scope = 'col';
              element.textContent = name;
              head.append(element);
            }
            table.replaceChildren(...(names.length > 0 ? [head] : []));
          }
          for (const row of answer.rows) {
            const line = document.createElement('tr');
            line.append(...names.map((name) => cell(row, name)));
            table.append(line);
          }
        }

        function explain(problem, query) {
          const lines = [problem.detail ?? problem.title];
          for (const error of problem.errors ?? []) {
            if (error.offset === undefined) continue;
            lines.push(query, ' '.repeat(error.offset) + '^'.repeat(Math.max(1, error.length ?? 1)));
            if (error.suggestion) lines.push(`Did you mean ${error.suggestion}?`);
          }
          return lines.join('\\n');
        }

        async function search(cursor) {
          const query = input.value;
          const turn = ++latest;
          const parameters = new URLSearchParams({ query, limit: '100' });
          if (cursor) parameters.set('cursor', cursor);
          status.className = '';
          status.textContent = 'Searching…';
          try {
            const response = await ask(`/api/v1/logs?${parameters}`);
            const answer = await response.json();
            if (turn !== latest) return;
            if (response.status === 401) {
              signIn.hidden = false;
              document.getElementById('username').focus();
              status.textContent = 'Sign in to search.';
              return;
            }
            if (!response.ok) {
              status.className = 'failed';
              status.textContent = explain(answer, query);
              return;
            }
            show(answer, !cursor);
            next = answer.next_cursor;
            more.hidden = !next;
            const notes = answer.warnings.map((warning) => warning.message);
            if (answer.partial) notes.push('Damaged blocks were left out.');
            status.textContent = [`${table.rows.length === 0 ? 0 : table.rows.length - 1} rows`,
              `${answer.stats.elapsed_ms} ms`, ...notes].join(' · ');
          } catch (error) {
            if (turn !== latest) return;
            status.className = 'failed';
            status.textContent = `The server does not answer: ${error.message}`;
          }
        }

        function post(path, body) {
          const headers = { 'Content-Type': 'application/json' };
          if (csrf) headers['X-CSRF-Token'] = csrf;
          return fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
        }

        // A token lasts a quarter of an hour; the cookie beside it gives the next one.
        async function ask(path) {
          const response = await fetch(path);
          if (response.status !== 401) return response;
          const refreshed = await post('/api/v1/auth/refresh', {});
          return refreshed.ok ? fetch(path) : response;
        }

        async function greet() {
          const response = await ask('/api/v1/auth/me');
          if (!response.ok) {
            signIn.hidden = false;
            return;
          }
          const me = await response.json();
          csrf = me.csrf_token ?? null;
          signIn.hidden = true;
          who.hidden = csrf === null;
          document.getElementById('name').textContent = `${me.name} (${me.role})`;
        }

        signIn.addEventListener('submit', async (event) => {
          event.preventDefault();
          const fields = {
            username: document.getElementById('username').value,
            password: document.getElementById('password').value,
            cookie: true,
          };
          const setup = document.getElementById('setup').value.trim();
          const response = setup === ''
            ? await post('/api/v1/auth/login', fields)
            : await post('/api/v1/auth/setup', { ...fields, setup_token: setup });
          status.className = response.ok ? '' : 'failed';
          status.textContent = response.ok ? '' : (await response.json()).detail;
          if (!response.ok) return;
          document.getElementById('password').value = '';
          await greet();
          start();
        });
        document.getElementById('signout').addEventListener('click', async () => {
          await post('/api/v1/auth/logout', {});
          csrf = null;
          who.hidden = true;
          signIn.hidden = false;
          table.replaceChildren();
          more.hidden = true;
          status.textContent = 'Signed out.';
        });

        function start() {
          more.hidden = true;
          search(null);
        }

        form.addEventListener('submit', (event) => {
          event.preventDefault();
          history.replaceState(null, '', `?query=${encodeURIComponent(input.value)}`);
          start();
        });
        more.addEventListener('click', () => { if (next) search(next); });
        await greet();
        const given = new URLSearchParams(location.search).get('query');
        if (given !== null) {
          input.value = given;
          start();
        }

        """
}
