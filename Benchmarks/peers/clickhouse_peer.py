"""ClickHouse in this process (chdb): `clickhouse_peer.py load|warm|cold …` prints its figures as JSON.

Every part runs in a process of its own, so that its memory and its caches are its own.
"""

import argparse
import itertools
import json
import os
import shutil

import chdb

import questions
from measuring import percentile, peak_resident_mib, timed

# What one device's logs are read by comes first, as LogDB sorts them; the words of the message, a rare id and the time
# have indexes of their own.
SCHEMA = """
CREATE TABLE {table} (
    device LowCardinality(String),
    session LowCardinality(String),
    timestamp DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    level Enum8('DEBUG' = 0, 'INFO' = 1, 'WARN' = 2, 'ERROR' = 3, 'FATAL' = 4) CODEC(ZSTD(1)),
    module LowCardinality(String) CODEC(ZSTD(1)),
    logger LowCardinality(String) CODEC(ZSTD(1)),
    process LowCardinality(String) CODEC(ZSTD(1)),
    thread LowCardinality(String) CODEC(ZSTD(1)),
    message String CODEC(ZSTD(1)),
    camera_id LowCardinality(String) CODEC(ZSTD(1)),
    retry_count LowCardinality(String) CODEC(ZSTD(1)),
    request_id String CODEC(ZSTD(1)),
    INDEX words message TYPE text(tokenizer = 'splitByNonAlpha'),
    INDEX request_ids request_id TYPE bloom_filter(0.01),
    INDEX times timestamp TYPE minmax
) ENGINE = MergeTree ORDER BY (device, session, timestamp)
"""
INPUT = (
    "timestamp_us Int64, device String, session_id String, module_name String, logger_name String, "
    "process_id String, thread_id String, level String, message String, "
    "context Tuple(camera_id String, retry_count String, request_id String)"
)
SELECTED = (
    "device, session_id, fromUnixTimestamp64Micro(timestamp_us, 'UTC'), level, module_name, logger_name, process_id, "
    "thread_id, message, context.camera_id, context.retry_count, context.request_id"
)


def processor_seconds():
    times = os.times()
    return times.user + times.system


def insert_file(connection, path):
    connection.query(f"INSERT INTO logs SELECT {SELECTED} FROM file('{path}', JSONEachRow, '{INPUT}')")


def insert_batches(connection, path, batch_count, entry_count):
    """Loads the first entries of the file into a table that is dropped again, a batch a statement."""
    connection.query(SCHEMA.format(table="batches"))
    connection.query(f"CREATE TABLE lines ({INPUT}) ENGINE = Null")
    connection.query(f"CREATE MATERIALIZED VIEW into_batches TO batches AS SELECT {SELECTED_NAMED} FROM lines")
    milliseconds, loaded = [], 0
    before = processor_seconds()
    with open(path) as file:
        while loaded < entry_count and (lines := list(itertools.islice(file, batch_count))):
            statement = "INSERT INTO lines FORMAT JSONEachRow " + "".join(lines)
            milliseconds.append(timed(lambda: connection.query(statement))[1])
            loaded += len(lines)
    spent = processor_seconds() - before
    found = int(str(connection.query("SELECT count() FROM batches", "TSV")))
    if found != loaded:
        raise SystemExit(f"{found} of {loaded} entries arrived in batches of {batch_count}")
    for table in ("into_batches", "lines", "batches"):
        connection.query(f"DROP TABLE {table} SYNC")
    return ingest_figure(f"INSERT of {batch_count:,} rows", loaded, spent, sum(milliseconds) / 1000, milliseconds)


SELECTED_NAMED = (
    "device, session_id AS session, fromUnixTimestamp64Micro(timestamp_us, 'UTC') AS timestamp, level, "
    "module_name AS module, logger_name AS logger, process_id AS process, thread_id AS thread, message, "
    "context.camera_id AS camera_id, context.retry_count AS retry_count, context.request_id AS request_id"
)


def ingest_figure(how, count, processor, wall, milliseconds=None):
    return {
        "how": how,
        "entries": count,
        "entries_per_processor_second": count / max(processor, 0.01),
        "entries_per_second": count / wall,
        "p50_ms": percentile(milliseconds, 0.5) if milliseconds else None,
        "p99_ms": percentile(milliseconds, 0.99) if milliseconds else None,
    }


def load(options):
    shutil.rmtree(options.data, ignore_errors=True)
    corpus = questions.load(options.questions)
    count = corpus["entryCount"]
    connection = chdb.connect(options.data)
    connection.query(SCHEMA.format(table="logs"))
    before = processor_seconds()
    _, elapsed = timed(lambda: insert_file(connection, options.corpus))
    whole = ingest_figure("one INSERT of the file", count, processor_seconds() - before, elapsed / 1000)
    timed(lambda: connection.query("OPTIMIZE TABLE logs FINAL"))
    whole["entries_per_processor_second_merged"] = count / (processor_seconds() - before)

    def rows(sql):
        return [line.split("\t") for line in str(connection.query(sql, "TSV")).splitlines()]

    stored = rows("SELECT sum(rows), sum(bytes_on_disk) FROM system.parts WHERE table = 'logs' AND active")[0]
    if int(stored[0]) != count:
        raise SystemExit(f"{stored[0]} of {count} entries are stored")
    columns = rows(
        "SELECT column, sum(column_bytes_on_disk) FROM system.parts_columns WHERE table = 'logs' AND active "
        "GROUP BY column ORDER BY 2 DESC"
    )
    columns += rows(
        "SELECT 'index ' || name, data_compressed_bytes FROM system.data_skipping_indices WHERE table = 'logs'"
    )
    # A batch of a hundred rows costs a part on disk: fewer of them tell as much.
    ingest = [whole]
    ingest.append(insert_batches(connection, options.corpus, 10_000, min(count, 1_000_000)))
    ingest.append(insert_batches(connection, options.corpus, 100, min(count, 50_000)))
    return {
        "version": str(connection.query("SELECT version()", "TSV")).strip(),
        "ingest": ingest,
        "bytes_per_entry": int(stored[1]) / count,
        "is_synced": False,
        "word_index": "index words",
        "columns": {name: int(size) / count for name, size in columns},
        "peak_resident_mib": peak_resident_mib(),
    }


def statement(question):
    conditions = [
        f"timestamp >= '{questions.moment(question['since'])}'",
        f"timestamp < '{questions.moment(question['until'])}'",
    ]
    for name, column in (
        ("level", "level"),
        ("module", "module"),
        ("device", "device"),
        ("session", "session"),
        ("request", "request_id"),
    ):
        if name in question:
            conditions.append(f"{column} = '{question[name]}'")
    if "word" in question:
        conditions.append(f"hasToken(message, '{question['word']}')")
    if "phrase" in question:
        words = ", ".join(f"'{word}'" for word in question["phrase"].split())
        conditions.append(f"hasAllTokens(message, [{words}]) AND position(message, '{question['phrase']}') > 0")
    if "regex" in question:
        pattern = question["regex"].replace("\\", "\\\\")
        conditions.append(f"match(message, '{pattern}')")
    where = " AND ".join(conditions)
    return {
        "newest": f"SELECT * FROM logs WHERE {where} ORDER BY timestamp DESC LIMIT {question['limit']}",
        "oldest": f"SELECT * FROM logs WHERE {where} ORDER BY timestamp LIMIT {question['limit']}",
        "export": f"SELECT * FROM logs WHERE {where} ORDER BY timestamp DESC",
        "count": f"SELECT count() AS n FROM logs WHERE {where}",
        "countByLevelAndHour": "SELECT level, toStartOfHour(timestamp) AS time, count() AS n FROM logs "
        f"WHERE {where} GROUP BY level, time ORDER BY level, time",
        "topModules": f"SELECT module, count() AS n FROM logs WHERE {where} GROUP BY module ORDER BY n DESC LIMIT 10",
        "distinctDevices": f"SELECT uniqExact(device) AS n FROM logs WHERE {where}",
    }[question["shape"]]


def asker(connection):
    def ask(question):
        sql = statement(question)
        body, elapsed = timed(lambda: connection.query(sql, "JSONEachRow").bytes())
        lines = body.splitlines()
        total = sum(int(json.loads(line).get("n", 0)) for line in lines) if question.get("total") is not None else None
        return len(lines), total, elapsed

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
    ask = asker(chdb.connect(options.data))
    if options.part == "warm":
        print(json.dumps({"queries": questions.ask_all(corpus, ask), "peak_resident_mib": peak_resident_mib()}))
    else:
        print(json.dumps(questions.ask_first(corpus, options.id, ask)))


main()
