"""PostgreSQL on a cluster of its own: `postgres_peer.py load|warm|cold …` prints its figures as JSON.

The server runs while a part runs. A server does not run as root; then the user postgres of Debian's package runs it.
"""

import argparse
import glob
import itertools
import json
import os
import shutil
import subprocess
from contextlib import contextmanager

import psycopg

import questions
from measuring import percentile, timed, tree_processor_seconds

# The usual schema for logs in PostgreSQL: names in tables of their own, a b-tree for each column that is asked for, the
# context as one document, and the words of the message as an inverted index.
SCHEMA = """
CREATE TABLE devices (id serial PRIMARY KEY, dsn text NOT NULL UNIQUE);
CREATE TABLE sessions (
    id serial PRIMARY KEY, device_id int NOT NULL REFERENCES devices, name text NOT NULL, UNIQUE (device_id, name)
);
CREATE TYPE log_level AS ENUM ('DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL');
"""
LOGS = """
CREATE TABLE {table} (
    id bigserial PRIMARY KEY,
    session_id int NOT NULL REFERENCES sessions,
    device_id int NOT NULL REFERENCES devices,
    timestamp timestamptz NOT NULL,
    level log_level NOT NULL,
    module_name text NOT NULL,
    logger_name text NOT NULL,
    process_id text NOT NULL,
    thread_id text NOT NULL,
    message text NOT NULL,
    context jsonb NOT NULL,
    message_words tsvector GENERATED ALWAYS AS (to_tsvector('simple', message)) STORED
);
CREATE INDEX ON {table} (session_id);
CREATE INDEX ON {table} (device_id);
CREATE INDEX ON {table} (timestamp);
CREATE INDEX ON {table} (level);
CREATE INDEX ON {table} (module_name);
CREATE INDEX ON {table} USING gin (message_words);
"""
COPIED = (
    "session_id, device_id, timestamp, level, module_name, logger_name, process_id, thread_id, message, context"
)
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
}


def binaries():
    """The folder of the newest server, as Debian lays it out, or else the one in PATH."""
    found = glob.glob("/usr/lib/postgresql/*/bin")
    if found:
        return max(found, key=lambda path: int(path.split("/")[4]))
    return os.path.dirname(shutil.which("initdb"))


def as_server_user():
    return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}


def command(name, *arguments):
    subprocess.run(
        [f"{binaries()}/{name}", *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **as_server_user(),
    )


@contextmanager
def server(data):
    """Starts the server; the identity of its first process and a connection. Stops it at the end."""
    options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in SETTINGS.items())
    command("pg_ctl", "--pgdata", data, "--wait", "--log", f"{data}/server.log", "--options",
            f"{options} -k {data}", "start")  # fmt: skip
    try:
        with open(f"{data}/postmaster.pid") as file:
            pid = int(file.readline())
        user = "postgres" if os.getuid() == 0 else None
        with psycopg.connect(host=data, dbname="postgres", user=user, autocommit=True) as connection:
            connection.execute("SET timezone = 'UTC'")
            yield pid, connection
    finally:
        command("pg_ctl", "--pgdata", data, "--wait", "--mode", "fast", "stop")


class Names:
    """The numbers of devices and sessions, which are stored when they are first seen."""

    def __init__(self, connection):
        self.connection = connection
        self.devices = {}
        self.sessions = {}

    def numbers(self, device, session):
        if device not in self.devices:
            self.devices[device] = self.insert("devices (dsn) VALUES (%s)", device)
        key = (device, session)
        if key not in self.sessions:
            number = self.insert("sessions (device_id, name) VALUES (%s, %s)", self.devices[device], session)
            self.sessions[key] = number
        return self.sessions[key], self.devices[device]

    def insert(self, into, *values):
        return self.connection.execute(f"INSERT INTO {into} RETURNING id", values).fetchone()[0]


def copy_text(line, names):
    """A JSON line as a line of COPY's text format. Nothing in the corpus needs escaping there."""
    entry = json.loads(line)
    session, device = names.numbers(entry["device"], entry["session_id"])
    return "\t".join(
        (
            str(session),
            str(device),
            questions.moment(entry["timestamp_us"]) + "+00",
            entry["level"],
            entry["module_name"],
            entry["logger_name"],
            entry["process_id"],
            entry["thread_id"],
            entry["message"],
            json.dumps(entry["context"]),
        )
    )


def copy_batches(connection, names, path, table, batch_count, entry_count):
    """Loads the first entries of the file, a batch a transaction: entries, and milliseconds of each."""
    milliseconds, loaded = [], 0

    def copy(text):
        with connection.cursor().copy(f"COPY {table} ({COPIED}) FROM STDIN") as stream:
            stream.write(text)

    with open(path) as file:
        while loaded < entry_count and (lines := list(itertools.islice(file, batch_count))):
            text = "\n".join(copy_text(line, names) for line in lines) + "\n"
            milliseconds.append(timed(lambda: copy(text))[1])
            loaded += len(lines)
    return loaded, milliseconds


def ingest_figure(how, count, processor, milliseconds):
    return {
        "how": how,
        "entries": count,
        "entries_per_processor_second": count / max(processor, 0.01),
        "entries_per_second": count / (sum(milliseconds) / 1000),
        "p50_ms": percentile(milliseconds, 0.5),
        "p99_ms": percentile(milliseconds, 0.99),
    }


def load(options):
    shutil.rmtree(options.data, ignore_errors=True)
    os.makedirs(options.data)
    if os.getuid() == 0:
        shutil.chown(options.data, "postgres", "postgres")
    command("initdb", "--pgdata", options.data, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8",
            "--data-checksums")  # fmt: skip
    count = questions.load(options.questions)["entryCount"]
    with server(options.data) as (pid, connection):
        connection.execute(SCHEMA)
        connection.execute(LOGS.format(table="session_logs"))
        names = Names(connection)
        before = tree_processor_seconds(pid)
        loaded, milliseconds = copy_batches(connection, names, options.corpus, "session_logs", 10_000, count)
        whole = ingest_figure("COPY of 10,000 rows", loaded, tree_processor_seconds(pid) - before, milliseconds)
        connection.execute("VACUUM ANALYZE session_logs")
        connection.execute("CHECKPOINT")
        whole["entries_per_processor_second_merged"] = loaded / (tree_processor_seconds(pid) - before)

        found = connection.execute("SELECT count(*) FROM session_logs").fetchone()[0]
        if found != count:
            raise SystemExit(f"{found} of {count} entries are stored")
        total = connection.execute("SELECT pg_total_relation_size('session_logs')").fetchone()[0]
        parts = connection.execute(
            "SELECT c.relname, pg_relation_size(c.oid) FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid "
            "WHERE c.relname = 'session_logs' OR i.indrelid = 'session_logs'::regclass ORDER BY 2 DESC"
        ).fetchall()

        connection.execute(LOGS.format(table="batches"))
        before = tree_processor_seconds(pid)
        few, milliseconds = copy_batches(connection, names, options.corpus, "batches", 100, min(count, 50_000))
        small = ingest_figure("COPY of 100 rows", few, tree_processor_seconds(pid) - before, milliseconds)
        connection.execute("DROP TABLE batches")
        version = connection.execute("SHOW server_version").fetchone()[0].split()[0]
    return {
        "version": version,
        "ingest": [whole, small],
        "bytes_per_entry": total / count,
        "is_synced": True,
        "word_index": "session_logs_message_words_idx",
        "columns": {name: size / count for name, size in parts},
        "peak_resident_mib": None,
    }


ROW = (
    "SELECT l.timestamp, d.dsn, s.name, l.level, l.module_name, l.logger_name, l.process_id, l.thread_id, l.message, "
    "l.context FROM session_logs l JOIN devices d ON d.id = l.device_id JOIN sessions s ON s.id = l.session_id"
)


def statement(question):
    conditions = [
        f"l.timestamp >= '{questions.moment(question['since'])}+00'",
        f"l.timestamp < '{questions.moment(question['until'])}+00'",
    ]
    if "level" in question:
        conditions.append(f"l.level = '{question['level']}'")
    if "module" in question:
        conditions.append(f"l.module_name = '{question['module']}'")
    if "session" in question:
        conditions.append(
            "l.session_id = (SELECT s.id FROM sessions s JOIN devices d ON d.id = s.device_id "
            f"WHERE d.dsn = '{question['device']}' AND s.name = '{question['session']}')"
        )
    if "request" in question:
        conditions.append(f"l.context ->> 'request_id' = '{question['request']}'")
    if "word" in question:
        conditions.append(f"l.message_words @@ to_tsquery('simple', '{question['word']}')")
    if "phrase" in question:
        conditions.append(f"l.message_words @@ phraseto_tsquery('simple', '{question['phrase']}')")
    if "regex" in question:
        # What others write \b is \y here.
        pattern = question["regex"].replace("\\b", "\\y")
        conditions.append(f"l.message ~ '{pattern}'")
    where = " AND ".join(conditions)
    counted = f"count(*) AS n FROM session_logs l WHERE {where}"
    return {
        "newest": f"{ROW} WHERE {where} ORDER BY l.timestamp DESC LIMIT {question['limit']}",
        "oldest": f"{ROW} WHERE {where} ORDER BY l.timestamp LIMIT {question['limit']}",
        "export": f"COPY ({ROW} WHERE {where} ORDER BY l.timestamp DESC) TO STDOUT",
        "count": f"SELECT {counted}",
        "countByLevelAndHour": f"SELECT l.level, date_trunc('hour', l.timestamp), {counted} "
        "GROUP BY 1, 2 ORDER BY 1, 2",
        "topModules": f"SELECT l.module_name, {counted} GROUP BY 1 ORDER BY n DESC LIMIT 10",
        "distinctDevices": f"SELECT count(DISTINCT l.device_id) AS n FROM session_logs l WHERE {where}",
    }[question["shape"]]


def asker(connection):
    def export(sql):
        with connection.cursor().copy(sql) as stream:
            return b"".join(stream)

    def ask(question):
        sql = statement(question)
        if question["shape"] == "export":
            body, elapsed = timed(lambda: export(sql))
            return body.count(b"\n"), None, elapsed
        rows, elapsed = timed(lambda: connection.execute(sql).fetchall())
        total = sum(row[-1] for row in rows) if question.get("total") is not None else None
        return len(rows), total, elapsed

    return ask


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["load", "warm", "cold"])
    parser.add_argument("--data", required=True)
    parser.add_argument("--questions", required=True)
    parser.add_argument("--corpus")
    parser.add_argument("--id")
    options = parser.parse_args()
    if options.part == "load":
        print(json.dumps(load(options)))
        return
    corpus = questions.load(options.questions)
    with server(options.data) as (_, connection):
        ask = asker(connection)
        if options.part == "warm":
            print(json.dumps({"queries": questions.ask_all(corpus, ask)}))
        else:
            print(json.dumps(questions.ask_first(corpus, options.id, ask)))


main()
