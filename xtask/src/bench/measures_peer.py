"""DuckDB computing a pack's measures from the same rows: usage measures_peer.py FOLDER THREADS.

Reads `pack.json` and `rows.csv` of the folder and writes `theirs.json`: seconds, and for each measure, column and code
n, d, missing, sum, out_of and, for medians and percentiles, the value. SQL's own three-valued logic is that of the
definitions, so nothing of our program's way of computing is used. Each measure's fate of a case (0 outside, 1 missing,
2 in the population, 3 counted) is computed once and kept; then one query for each measure, with grouping sets, counts its
fates. Of seven ways tried this was the fastest, by 1.6 to 17 times: faster than a query for each breakdown, than one query
for everything, and than conditions in each aggregate.
"""
import json, sys, time
import duckdb

folder, threads = sys.argv[1], int(sys.argv[2])
pack = json.load(open(f"{folder}/pack.json"))
lists = {one["name"]: [code["code"] for code in one["codes"]] for one in pack["schema"]["lists"]}


def quoted(codes):
    return ", ".join(f"'{code}'" for code in codes)


def kind(column):
    if column["kind"] == "code":
        return f"ENUM({quoted(lists[column['list']])})"
    if column["kind"] == "flag":
        return "ENUM('yes', 'no')"
    if column["kind"] == "quarter":
        return "VARCHAR"
    return "UINTEGER" if column["top"] > 65535 else "USMALLINT"


def test(one):
    name = one["column"]
    if "is" in one:
        return f"{name} IN ({quoted(one['is'])})"
    if "is_not" in one:
        return f"{name} NOT IN ({quoted(one['is_not'])})"
    if "at_most" in one:
        return f"{name} <= {one['at_most']}"
    if "at_least" in one:
        return f"{name} >= {one['at_least']}"
    return f"{name} IS {'NOT ' if one['recorded'] else ''}NULL"


def condition(one):
    parts = [test(part) for part in one.get("all", [])]
    if one.get("any"):
        parts.append("(" + " OR ".join(map(test, one["any"])) + ")")
    return "(" + (" AND ".join(parts) or "TRUE") + ")"


def fate(one):
    population = condition(one.get("population", {}))
    if "of" not in one:
        counted = condition(one.get("counted", {}))
        return f"CASE WHEN NOT {population} THEN 0 WHEN {population} IS NULL OR {counted} IS NULL THEN 1 WHEN {counted} THEN 3 ELSE 2 END"
    outside, unknown = f"NOT {population}", f"{population} IS NULL OR {one['of']} IS NULL"
    if "out_of" in one:
        outside += f" OR {one['out_of']} = 0"
        unknown += f" OR {one['out_of']} IS NULL"
    counted = "TRUE" if one["statistic"] in ("median", "p90") else f"{one['of']} > 0"
    # A condition that is not known is not met, so what is outside on one ground alone is found first.
    return f"CASE WHEN {outside} THEN 0 WHEN {unknown} THEN 1 WHEN {counted} THEN 3 ELSE 2 END"


def figures(one):
    is_timed = one["statistic"] in ("median", "p90")
    share = 0.9 if one["statistic"] == "p90" else 0.5
    yield "count(*)"
    yield f"sum({one['of']})" if "of" in one and not is_timed else "0"
    yield f"sum({one['out_of']})" if "out_of" in one else "0"
    yield f"quantile_cont({one['of']}, {share})" if is_timed else "NULL"


database = duckdb.connect()
database.execute(f"SET threads = {threads}")
columns = pack["schema"]["columns"]
types = {"row": "VARCHAR"} | {column["name"]: kind(column) for column in columns}
started = time.perf_counter()
names = ", ".join(column["name"] for column in columns)
database.execute(
    f"CREATE TABLE cases AS SELECT {names} FROM read_csv('{folder}/rows.csv', header = true, delim = ',', nullstr = '', columns = {types})"
)
read_seconds = time.perf_counter() - started
started = time.perf_counter()
definitions = pack["definitions"]
strata = definitions[0]["strata"]
sums = {one[key] for one in definitions for key in ("of", "out_of") if key in one}
fates = ", ".join(f"({fate(one)})::UTINYINT AS f_{one['code']}" for one in definitions)
database.execute(f"CREATE TEMP TABLE fates AS SELECT {', '.join(strata + sorted(sums))}, {fates} FROM cases")
cells = {}
for one in definitions:
    name = f"f_{one['code']}"
    sets = ", ".join([f"({name})"] + [f"({column}, {name})" for column in strata])
    names = ", ".join(strata)
    asked = f"SELECT {names}, GROUPING({names}), {name}, {', '.join(figures(one))} FROM fates WHERE {name} > 0 GROUP BY GROUPING SETS ({sets})"
    for *codes, group, fated, count, total, divisor, value in database.execute(asked).fetchall():
        # GROUPING has a bit for each column, the first highest: 0 where the row is grouped by it.
        place = [index for index in range(len(strata)) if not group >> (len(strata) - 1 - index) & 1]
        column, code = (strata[place[0]], codes[place[0]] or "") if place else ("", "")
        cell = cells.setdefault((one["code"], column, code), [0, 0, 0, 0, 0, None])
        if fated == 1:
            cell[2] = count
            continue
        cell[0] += count if fated == 3 else 0
        cell[1] += count
        cell[3] += int(total or 0)
        cell[4] += int(divisor or 0)
        cell[5] = value if value is None else float(value)
evaluate_seconds = time.perf_counter() - started
json.dump({"read_seconds": read_seconds, "evaluate_seconds": evaluate_seconds, "cells": [[*place, *cell] for place, cell in cells.items()]}, open(f"{folder}/theirs.json", "w"))
