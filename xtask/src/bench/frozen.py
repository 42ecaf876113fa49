"""Writes the newest frozen revision of a cycle's edition: frozen.py DATABASE CYCLE OUT.json"""

import sqlite3
import sys

database, cycle, out = sys.argv[1:]
row = sqlite3.connect(database).execute(
    """select revision.frozen from edition_revision as revision
       join edition on edition.id = revision.edition_id
       join cycle on cycle.id = edition.cycle_id
       where cycle.code = ? order by revision.number desc limit 1""",
    (cycle,),
).fetchone()
if row is None:
    sys.exit(f"the demonstration has no published edition of {cycle}")
with open(out, "w", encoding="utf-8") as file:
    file.write(row[0])
