"""The questions that `logdb-bench generate --queries` wrote, and the checking of answers."""

import json
import sys
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def load(path):
    with open(path) as file:
        return json.load(file)


def moment(microseconds):
    """A time as SQL text in UTC, to the microsecond."""
    return (EPOCH + timedelta(microseconds=microseconds)).strftime("%Y-%m-%d %H:%M:%S.%f")


def mismatch(question, row_count, total):
    """What is wrong with an answer; None when it is the one that LogDB's bench counted while it made the corpus."""
    if row_count != question["rowCount"]:
        return f"{row_count} rows instead of {question['rowCount']}: {question['query']}"
    if question.get("total") is not None and total != question["total"]:
        return f"counted {total} instead of {question['total']}: {question['query']}"
    return None


def ask_all(corpus, ask):
    """Asks one question of each class to warm up, then the others: the milliseconds of those, by class.

    `ask` answers a question with (rows, total, milliseconds).
    """
    figures = {}
    for kind in corpus["classes"]:
        milliseconds, row_counts = [], []
        for number, question in enumerate(kind["questions"]):
            row_count, total, elapsed = ask(question)
            wrong = mismatch(question, row_count, total)
            if wrong:
                sys.exit(f"{kind['id']}: {wrong}")
            if number > 0:
                milliseconds.append(elapsed)
                row_counts.append(row_count)
        figures[kind["id"]] = {"milliseconds": milliseconds, "row_counts": row_counts}
    return figures


def ask_first(corpus, id, ask):
    """The milliseconds of the first question of a class, which no other run has asked."""
    question = next(kind for kind in corpus["classes"] if kind["id"] == id)["questions"][0]
    row_count, total, elapsed = ask(question)
    wrong = mismatch(question, row_count, total)
    if wrong:
        sys.exit(f"{id}: {wrong}")
    return elapsed
