"""Adds invented evidence to a demonstration and gives Datasette the same rows: evidence.py DATABASE PEER N

Prints what to ask for, a line each: `standard CODE`, `provision NUMBER`, `term WORD`.
The same N gives the same words, so that runs can be compared.
"""

import random
import sqlite3
import sys
import uuid

database, peer_database, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
chance = random.Random(197)

syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "ol")]
words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(5000)]
# As in any language, few words are common and most are rare.
weights = [1 / (rank + 10) for rank in range(len(words))]


def text(length):
    return " ".join(chance.choices(words, weights, k=length))


ours = sqlite3.connect(database)
ours.execute("pragma foreign_keys = on")
model = ours.execute(
    "select organisation_id, member_id, recorded_at from evidence where handling = 'open' order by id limit 1"
).fetchone()
if model is None:
    sys.exit("the demonstration has no open evidence to take the recorder from")
standard, code = ours.execute(
    """select standard.id, standard.code from standard join provision on provision.standard_id = standard.id
       group by standard.id order by count(*) desc limit 1"""
).fetchone()
provisions = ours.execute(
    "select id, number from provision where standard_id = ? order by position", (standard,)
).fetchall()

peer = sqlite3.connect(peer_database)
peer.executescript(
    """create table evidence (id integer primary key, title text, summary text, publisher text, effective_on text,
                              reliability text, credibility text, provision text);
       create index evidence_provision on evidence (provision, effective_on);
       create virtual table evidence_fts using fts5 (title, summary, publisher, content = 'evidence',
                                                     content_rowid = 'id');"""
)

with ours, peer:
    for number in range(n):
        evidence = uuid.UUID(int=chance.getrandbits(128), version=4).bytes
        provision, provision_number = chance.choice(provisions)
        title, summary = text(8).capitalize(), text(40).capitalize() + "."
        publisher = "Invented publisher " + chance.choice("ABCDEFGHIJKLMNOP")
        day = f"{chance.randint(2015, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        reliability, credibility = chance.choice("ABCDEF"), chance.choice("123456")
        ours.execute(
            """insert into evidence (id, organisation_id, member_id, kind, title, summary, origin, publisher,
                                     publisher_folded, source_url, effective_on, reliability, credibility, handling,
                                     quoting, is_invented, revision, recorded_at)
               values (?, ?, ?, 'document', ?, ?, '', ?, ?, '', ?, ?, ?, 'open', 'yes', 1, 1, ?)""",
            (evidence, model[0], model[1], title, summary, publisher, publisher.lower(), day, reliability, credibility,
             model[2]),
        )
        ours.execute("insert into evidence_provision (evidence_id, provision_id) values (?, ?)", (evidence, provision))
        row = ours.execute(
            "insert into evidence_search (words, evidence_id) values (?, ?)",
            (" ".join([title, summary, publisher]).lower(), evidence),
        ).lastrowid
        ours.execute("insert into evidence_search_row (evidence_id, row_id) values (?, ?)", (evidence, row))
        peer.execute(
            "insert into evidence values (?, ?, ?, ?, ?, ?, ?, ?)",
            (number + 1, title, summary, publisher, day, reliability, credibility, provision_number),
        )
    peer.execute("insert into evidence_fts (evidence_fts) values ('rebuild')")

for connection in (ours, peer):
    connection.execute("analyze")
    connection.close()

print("standard", code)
for _, number in provisions[:20]:
    print("provision", number)
# Neither the commonest words nor those that hardly anything has.
for term in words[100:400:15]:
    print("term", term)
